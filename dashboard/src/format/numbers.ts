const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const hundredth = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345`. */
export function count(value: number): string {
  return whole.format(value);
}

/** `12.3K` from ten thousand on, exact below. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value);
}

/** Per second: a digit behind the point as long as it says something. */
export function rate(value: number): string {
  if (value >= 10_000) return compact.format(value);
  return value >= 100 ? whole.format(value) : tenth.format(value);
}

/** `0.42 %`; a share that is not quite none or all is never shown as such. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0001) return '< 0.01 %';
  if (share < 1 && share > 0.9999) return '> 99.99 %';
  return `${(share >= 0.1 ? tenth : hundredth).format(share * 100)} %`;
}

/** Milliseconds as people say them: `0.42 ms`, `12.3 ms`, `345 ms`, `1.2 s`. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 1) return `${hundredth.format(ms)} ms`;
  if (ms < 100) return `${tenth.format(ms)} ms`;
  if (ms < 1000) return `${whole.format(ms)} ms`;
  return `${hundredth.format(ms / 1000)} s`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB`. */
export function bytes(value: number): string {
  let unit = 0;
  let rest = value;
  for (; rest >= 1024 && unit < UNITS.length - 1; unit += 1) rest /= 1024;
  return `${(rest < 10 && unit > 0 ? tenth : whole).format(rest)} ${UNITS[unit]}`;
}

/** `1 backend`, `2 backends`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}
