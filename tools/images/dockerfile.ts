/** Reads a Dockerfile as far as the checks of this project need it. */

interface Instruction {
  /** In capitals, such as `COPY`. */
  readonly name: string;
  /** On one line. */
  readonly text: string;
}

export interface Stage {
  /** The image or the stage that it begins with, with the defaults of ARG in place. */
  readonly from: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(text: string): readonly Stage[] {
  const defaults = new Map<string, string>();
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === "FROM") {
      const [image = "", , name] = instruction.text.split(/\s+/);
      const from = image.replace(/\$\{(\w+)\}/g, (_, variable) => defaults.get(variable) ?? "");
      stages.push({ from, name, instructions: [] });
    } else if (stages.length > 0) {
      stages.at(-1)?.instructions.push(instruction);
    } else if (instruction.name === "ARG") {
      const [variable = "", value = ""] = instruction.text.split(/=(.*)/s);
      defaults.set(variable, value);
    }
  }
  return stages;
}

export function textsOf(stages: readonly Stage[], name: string): readonly string[] {
  return stages.flatMap(({ instructions }) =>
    instructions.filter((instruction) => instruction.name === name).map((instruction) => instruction.text),
  );
}

function instructionsOf(text: string): readonly Instruction[] {
  return text
    .replace(/^\s*#.*\n?/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name = "", rest = ""] = line.trim().split(/\s+(.*)/s);
      return { name: name.toUpperCase(), text: rest.replace(/\s+/g, " ").trim() };
    });
}
