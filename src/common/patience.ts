/**
 * Resolves with the work, or without it when it takes longer than so many milliseconds: it then goes on by itself. Rejects as
 * the work does. The time alone does not keep the process alive.
 */
export async function noLongerThan(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms).unref();
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
