/*
 * Loaded with `node --import`: each SIGUSR2 steps the clock on the wall (Date) by the next of the given milliseconds, as
 * an administrator or a time server does. The monotonic clock goes on, as it does then.
 */
const steps = (process.env.CLOCK_STEPS_MS ?? '').split(',').map(Number);
const RealDate = Date;
let offsetMs = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offsetMs;
  }
};

process.on('SIGUSR2', () => {
  offsetMs += steps.shift() ?? 0;
});
