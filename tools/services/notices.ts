/** What people are told about servers that were not found. */

import type { Found } from "./server.ts";

export function missingNotice(found: Found): string {
  return notice(`No ${found.service.name}: tests that need it are skipped.`, found);
}

export function standInNotice(found: Found, standIn: Found): string {
  return notice(`No ${found.service.name}: its tests run on ${standIn.service.name} instead.`, found);
}

export function lackNotice(found: Found, lacks: string): string {
  return notice(`No ${found.service.name} with ${lacks}: tests that need these are skipped.`, found);
}

function notice(headline: string, { service, reasons }: Found): string {
  return [
    headline,
    ...reasons.map((reason) => `  - ${reason.replaceAll("\n", "\n    ")}`),
    `  Any of three helps: set ${service.variable}, start Docker, or put ${service.programs} on PATH.`,
  ].join("\n");
}
