const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1,234`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 backend`, `3 backends`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Per second: `0`, `0.4`, `12`, `1,234`. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond < 10 ? perSecond.toFixed(1) : count(perSecond);
}

/** A share from 0 to 1: `0 %`, `0.05 %`, `12.5 %`. What is not nothing never shows as 0. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.01) return '<0.01 %';
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}

/** `812 B`, `1.5 KiB`. */
export function bytes(value: number): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 1_024 && unit < SIZES.length - 1) {
    scaled /= 1_024;
    unit++;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(1)} ${SIZES[unit]}`;
}

/** A duration as measured: `812 µs`, `3.2 ms`, `1.25 s`, `2 min 5 s`. */
export function microseconds(value: number): string {
  if (value < 1_000) return `${Math.round(value)} µs`;
  if (value < 100_000) return `${(value / 1_000).toFixed(1)} ms`;
  if (value < 1_000_000) return `${Math.round(value / 1_000)} ms`;
  return value < 60_000_000 ? `${(value / 1_000_000).toFixed(2)} s` : duration(value / 1_000);
}

/** A longer time in its two largest units: `45 s`, `2 min 5 s`, `3 h 20 min`, `5 d 4 h`. Milliseconds in. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 86_400),
  ];
  if (minutes < 60) return twoUnits(minutes, 'min', seconds % 60, 's');
  return hours < 24 ? twoUnits(hours, 'h', minutes % 60, 'min') : twoUnits(days, 'd', hours % 24, 'h');
}

/** How long ago, in one unit: `just now`, `12 s ago`, `3 d ago`. Both in Unix milliseconds. */
export function ago(time: number, now: number): string {
  const passed = now - time;
  if (passed < 1_000) return 'just now';
  if (passed < MINUTE_MS) return `${Math.floor(passed / 1_000)} s ago`;
  if (passed < HOUR_MS) return `${Math.floor(passed / MINUTE_MS)} min ago`;
  return passed < DAY_MS ? `${Math.floor(passed / HOUR_MS)} h ago` : `${Math.floor(passed / DAY_MS)} d ago`;
}

/** Local time to the second, `2026-05-01 14:03:07`; what programs read is Unix milliseconds. */
export function localTime(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
