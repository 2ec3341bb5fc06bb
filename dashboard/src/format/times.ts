const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const moment = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** `14:03:27`, local time. */
export function clockTime(ms: number): string {
  return clock.format(ms);
}

/** `3 Feb 2026, 14:03:27`, local time. */
export function fullTime(ms: number): string {
  return moment.format(ms);
}

const STEPS = [
  { ms: 86_400_000, unit: 'd', next: 3_600_000, nextUnit: 'h' },
  { ms: 3_600_000, unit: 'h', next: 60_000, nextUnit: 'min' },
  { ms: 60_000, unit: 'min', next: 1_000, nextUnit: 's' },
] as const;

/** How long something lasts, in its two largest units: `2 h 5 min`, `34 s`. */
export function duration(ms: number): string {
  for (const { ms: size, unit, next, nextUnit } of STEPS) {
    if (ms < size) continue;
    const rest = Math.floor((ms % size) / next);
    return `${Math.floor(ms / size)} ${unit}${rest > 0 ? ` ${rest} ${nextUnit}` : ''}`;
  }
  return `${Math.max(0, Math.round(ms / 1000))} s`;
}

/** `34 s ago`, `in 5 min`, `now`. */
export function relative(ms: number, now: number): string {
  const distance = ms - now;
  if (Math.abs(distance) < 1000) return 'now';
  return distance < 0 ? `${duration(-distance)} ago` : `in ${duration(distance)}`;
}

const dayMoment = new Intl.DateTimeFormat('en-GB', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

/** `3 Feb, 14:03`, local time. */
export function dayTime(ms: number): string {
  return dayMoment.format(ms);
}
