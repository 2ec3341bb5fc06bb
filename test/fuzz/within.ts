/** Whether an event comes in time. The time is a bound on what goes wrong; what goes right does not wait for it. */
export async function within(milliseconds: number, event: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  void event.then(() => resolve(true));
  const isInTime = await promise;
  clearTimeout(timer);
  return isInTime;
}
