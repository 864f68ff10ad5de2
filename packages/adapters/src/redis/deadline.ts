/**
 * What `work` gives, or a rejection when it takes longer. The work itself goes on: a command that was sent can't be
 * taken back.
 */
export function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const give = () => late.reject(new Error(`no answer within ${timeoutMs} ms`));
  // After a stall of this process the timer is due before the sockets have been read: an answer that has arrived in
  // the meantime is not late.
  const timer = setTimeout(() => setImmediate(give), timeoutMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
