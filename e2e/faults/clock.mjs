/**
 * Loaded ahead of a process: each SIGUSR2 sets its clock, first an hour ahead, then an hour behind, then right. What
 * measures time without a clock (`performance.now`, timers) goes on as it does when the clock of a machine is set.
 */

const HOUR_MS = 3_600_000;
const errorsMs = [HOUR_MS, -HOUR_MS, 0];
const right = Date.now;
let errorMs = 0;

process.on("SIGUSR2", () => {
  errorMs = errorsMs.shift();
  errorsMs.push(errorMs);
});

Date.now = () => right() + errorMs;
globalThis.Date = new Proxy(Date, {
  construct: (target, values, newTarget) =>
    Reflect.construct(target, values.length === 0 ? [Date.now()] : values, newTarget),
});
