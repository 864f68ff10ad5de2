import { describe, expect, test } from "vitest";
import { faultsOf, unexplained } from "./faults.ts";
import { ALARMS, ALERTS, COMMANDS, OUTPUTS, PARAMETERS, read, STAGES } from "./what-there-is.ts";

const DOCUMENTS = ["docs/runbook.md", "docs/multi-region.md", "docs/releasing.md"];
const RUNBOOK = read("docs/runbook.md");

describe("the operations documents", () => {
  test.each(DOCUMENTS)("%s names nothing that is not there", (path) => {
    expect(faultsOf(path, read(path))).toEqual([]);
  });

  test("the runbook explains every alert of Prometheus and every alarm of CloudWatch", () => {
    expect(unexplained(RUNBOOK)).toEqual([]);
    const rows = RUNBOOK.replace("| `DeadLetters` |", "| `LiveLetters` |");
    expect(unexplained(rows)).toEqual(["DeadLetters"]);
  });

  test("what there is was found", () => {
    const found = { ALARMS, ALERTS, COMMANDS, OUTPUTS, PARAMETERS, STAGES };
    for (const [name, { size }] of Object.entries(found)) expect(size, name).toBeGreaterThan(2);
  });
});

describe("a document that names what is not there is found out", () => {
  const block = (commands: string) => `\`\`\`sh\n${commands}\n\`\`\`\n`;

  test.each([
    ["Run `npm run bild`.", "no npm script bild"],
    [block("npm run bild"), "no npm script bild"],
    ["`movie-store reconsile`", "no command reconsile"],
    [block("movie_store empty-cash"), "no command empty-cash"],
    [block('curl "$ApiUri/v1/movies"'), "no output ApiUri"],
    [block("aws s3 ls $(first BucketNam)"), "no output BucketNam"],
    [block("cdk deploy --parameters movie-store-production-data:Secret=x"), "no parameter Secret"],
    [block("npx cdk deploy -c stage=prodction"), "no stage prodction"],
    ["`npx cdk deploy movie-store-prod-data`", "no stage prod"],
    ["add it to `providrs` in `packages/aws-stack/src/stages.ts`", "no field of a stage providrs"],
    ["`MovieStoreOnFire`", "no alert MovieStoreOnFire"],
    ["| `DeadLitters` | a cause | a cure |", "no alarm DeadLitters"],
    [
      block("kubectl scale deployment movie-shop --replicas=0\nkubectl get job/movie-store-migrat"),
      "no resource job movie-store-migrat",
    ],
    ["see `packages/aws-stack/src/stage.ts`", "no file packages/aws-stack/src/stage.ts"],
    ["`overlays/prodction`", "no file packages/k8s-manifests/overlays/prodction"],
    ["[there](nowhere.md)", "no file docs/nowhere.md"],
    ["[there](observability.md#no-such-thing)", "no heading observability.md#no-such-thing"],
    ["[here](#no-such-thing)", "no heading #no-such-thing"],
    [block("if true; then"), "no shell: bash: line 2: syntax error: unexpected end of file"],
  ])("%j", (planted, fault) => {
    const text = `${RUNBOOK}\n${planted}\n`;
    expect(faultsOf("docs/runbook.md", text).map((found) => found.split("\n")[0])).toEqual([fault]);
  });
});
