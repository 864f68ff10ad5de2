/** Something is wrong with what was asked for, not with the program: one line says it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
