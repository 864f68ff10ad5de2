import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_JSON_DEPTH, readJson } from "./json.ts";

function rejectionOf(text: string) {
  const result = readJson(text);
  return "rejection" in result ? result.rejection : undefined;
}

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

describe("readJson", () => {
  it.each([
    ["at the top", '{"a":1,"b":2,"a":3}', "a"],
    ["below", '{"a":{"b":[{"c":1,"c":1}]}}', "c"],
    ["when one of the two is escaped", '{"title":1,"\\u0074itle":2}', "title"],
    ["when it has a quote and a colon in it", '{"a\\":b":1,"a\\":b":2}', 'a":b'],
    ["when what the first held had keys of its own", '{"a":{"x":1,"y":2},"a":{}}', "a"],
    ["when they are spaced apart", '{ "a" : 1 ,\n\t"a"\r\n: 1 }', "a"],
    ["when it is empty", '{"":1,"":2}', undefined],
  ])("refuses a key that stands twice %s", (_, text, field) => {
    expect(rejectionOf(text)).toEqual({
      code: "bad-json",
      reason: "a key stands twice in one object",
      ...(field === undefined ? {} : { field }),
    });
  });

  it.each([
    '{"a":{"k":1},"b":{"k":2}}',
    '[{"k":1},{"k":2}]',
    '{"a":"b:c","d":":::"}',
    '{"a\\"":"\\\\","b":"\\":\\""}',
    '{"a:b":1,"a":{"b":1}}',
    '{"k":1,"K":2}',
  ])("accepts %s", (text) => {
    expect(readJson(text)).toEqual({ value: JSON.parse(text) });
  });

  it.each([
    ['{"__proto__":{}}', "__proto__"],
    ['{"a":[{"\\u005f_proto__":1}]}', "a[0].__proto__"],
  ])("refuses the key __proto__ in %s", (text, field) => {
    expect(rejectionOf(text)).toMatchObject({ code: "bad-json", field });
  });

  it.each([
    ['{"cast":["ok","\\ud800"]}', "cast[1]", "cast[1] has a lone surrogate"],
    ['{"a":{"b":"x\\u0000y"}}', "a.b", "a.b has a NUL character"],
    ['"\\udc00"', undefined, "the text has a lone surrogate"],
    ['{"\\ud800":1}', undefined, "a key of the object is not clean text"],
    ['{"a":{"b\\u0000":1}}', "a", "a key of a is not clean text"],
  ])("refuses %s and says where", (text, field, reason) => {
    expect(rejectionOf(text)).toEqual({
      code: "bad-encoding",
      reason,
      ...(field === undefined ? {} : { field }),
    });
  });

  it.each([
    `{"${"k".repeat(10_000)}":1,"${"k".repeat(10_000)}":2}`,
    `{"${"😀".repeat(5_000)}":"\\ud800"}`,
    `{"a":{"\\ud800":1,"\\ud800":2},"a":{}}`,
    `{"a":{"\\u0000":1,"\\u0000":2},"a":{}}`,
    `${"😀".repeat(500)}\u0000`,
  ])("quotes nothing long or dirty in what it says (case %#)", (text) => {
    const { reason, field = "" } = rejectionOf(text) ?? { reason: "" };
    expect(reason).not.toBe("");
    for (const said of [reason, field]) {
      expect(said.length).toBeLessThanOrEqual(301);
      expect(said.isWellFormed()).toBe(true);
      expect(said).not.toMatch(/\p{Cc}/u);
    }
  });

  it("accepts a surrogate pair", () => {
    expect(readJson('"\\ud83c\\udfac"')).toEqual({ value: "🎬" });
  });

  it("allows as many levels as it says and not one more", () => {
    expect(rejectionOf(nested(MAX_JSON_DEPTH))).toBeUndefined();
    expect(rejectionOf(nested(MAX_JSON_DEPTH + 1))).toMatchObject({
      code: "bad-json",
      reason: "nested deeper than 32 levels",
    });
    expect(rejectionOf(nested(400_000))).toMatchObject({ code: "bad-json" });
  });

  it.each(["", "{", '{"a":1', "{'a':1}", '{"a":1,}', "NaN", "undefined", '{"a":1}{"b":2}', "\ufeff{}"])(
    "refuses %j, which is not JSON",
    (text) =>
      expect(rejectionOf(text)).toMatchObject({
        code: "bad-json",
        reason: expect.stringMatching(/^not JSON: /),
      }),
  );

  it("accepts everything that JSON.parse reads, unless a key stands twice in it", () => {
    const key = fc.oneof(fc.string(), fc.constantFrom(":", '"', '\\"', "{", "a:b"));
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small", maxDepth: 6 },
        fc.string(),
        key,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, false),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2, "\t"), (generated, indent) => {
        const text = JSON.stringify(generated, null, indent);
        fc.pre(!text.includes("\\u0000") && !text.includes('"__proto__"'));
        expect(readJson(text)).toEqual({ value: JSON.parse(text) });
      }),
      { numRuns: 500 },
    );
  });

  it("refuses an object with any of its keys given twice, wherever it stands", () => {
    const keys = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(keys, fc.nat(), fc.nat(5), (names, pick, depth) => {
        fc.pre(names.every((name) => !name.includes("\0") && name !== "__proto__"));
        const twice = names[pick % names.length] as string;
        const members = [...names, twice].map((name) => `${JSON.stringify(name)}:{"inner":":"}`);
        const text = `${'{"o":['.repeat(depth)}{${members.join(",")}}${"]}".repeat(depth)}`;
        expect(rejectionOf(text)).toEqual({
          code: "bad-json",
          reason: "a key stands twice in one object",
          ...(twice === "" ? {} : { field: twice }),
        });
      }),
    );
  });
});
