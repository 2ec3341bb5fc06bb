const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const RELATIVE = /^-(\d{1,9})(ms|s|m|h|d)$/;
const UNIX_MS = /^\d{1,15}$/;
/** A date alone is its first moment in UTC; with a time it must say its zone, for nothing else is unambiguous. */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
/** Before March 1973: nobody asks for that, but seconds since 1970 look so. */
const EARLIEST_MS = 100_000_000_000;

export const TIME_FORMS =
  'give Unix milliseconds, ISO 8601 with a zone such as 2026-05-01T12:00:00Z, or a time ago such as -15m (ms, s, m, h, d)';

/** A moment as people and programs write it, as Unix milliseconds; or, as text, why it cannot be read. */
export function readTime(text: string, nowMs: number): number | string {
  const relative = RELATIVE.exec(text);
  // Longer ago than time is counted is the beginning of it, not a date that no store can compare.
  if (relative)
    return Math.max(0, nowMs - Number(relative[1]) * UNIT_MS[relative[2] as keyof typeof UNIT_MS]);
  if (UNIX_MS.test(text)) {
    const value = Number(text);
    return value < EARLIEST_MS
      ? `${text} looks like seconds: give milliseconds, such as ${value * 1_000}`
      : value;
  }
  const iso = ISO_8601.exec(text);
  if (iso) {
    const value = Date.parse(text);
    return Number.isNaN(value) || !isCalendarDate(iso[1] as string)
      ? `"${text}" is no date of the calendar`
      : value;
  }
  return `"${text.slice(0, 64)}" is no time: ${TIME_FORMS}`;
}

/** `Date.parse` takes 30 February for 2 March. */
function isCalendarDate(date: string): boolean {
  const start = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(date);
}
