import { navigate, usePlace } from '../../app/router';

/** What narrows, under the names that the API has for it. */
export const FILTERS = ['service', 'backend', 'status', 'dropReason', 'dropped', 'path', 'client'] as const;
export type Filter = (typeof FILTERS)[number];
/** What the page keeps in its address beside. `by`, `order`: of the table; `step`, `baseline`: of the charts. */
const CHOICES = ['from', 'to', 'step', 'baseline', 'by', 'order'] as const;
const NAMES = [...FILTERS, ...CHOICES] as const;

/** The page's address, so that what is shown is a link. Absent: not narrowed, or the usual. */
export type View = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

/** A change of the range is a step that the browser's back button takes back; anything else replaces the address. */
export function useView(): [View, (change: View) => void] {
  const { query } = usePlace();
  const parameters = new URLSearchParams(query);
  const view: Partial<Record<keyof View, string>> = {};
  for (const name of NAMES) {
    const value = parameters.get(name);
    if (value) view[name] = value;
  }
  const set = (change: View) => {
    const isStep = change.from !== undefined || change.to !== undefined;
    navigate(pageOf({ ...view, ...change }), { replace: !isStep });
  };
  return [view, set];
}

function pageOf(view: View): string {
  const text = parametersOf(view, NAMES).toString();
  return `/analytics${text && `?${text}`}`;
}

/** Path and query that ask the API. `more`: of this question alone. */
export function questionOf(
  question: string,
  view: View,
  more: Readonly<Record<string, string>> = {},
): string {
  const parameters = parametersOf({ ...view, from: fromOf(view) }, [...FILTERS, 'from', 'to']);
  for (const [name, value] of Object.entries(more)) if (value !== '') parameters.set(name, value);
  return `/api/v1/analytics/${question}?${parameters}`;
}

/** The logs of the same range and filters. The path is not narrowed to exactly this one: they know beginnings only. */
export function logsOf(view: View): string {
  const { path, ...rest } = view;
  const parameters = parametersOf({ ...rest, from: fromOf(view) }, [...FILTERS, 'from', 'to']);
  if (path) parameters.set('pathPrefix', path);
  return `/logs?${parameters}`;
}

/** The last hour, when nothing is said. */
export function fromOf({ from, to }: View): string {
  if (from) return from;
  const end = to === undefined ? null : momentOf(to, Date.now());
  return end === null ? '-1h' : String(end - HOUR_MS);
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
};

/** Unix milliseconds of a time as an address has it: these, ISO 8601, or relative to now. null: it is none of them. */
export function momentOf(text: string, now: number): number | null {
  if (/^\d{11,}$/.test(text)) return Number(text);
  const [, amount, unit] = /^-(\d+)([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return now - Number(amount) * UNITS[unit]!;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

/** From and to; what cannot be read is left to the API to refuse. */
export function rangeOf(view: View, now: number): { readonly from: number; readonly to: number } {
  const to = (view.to && momentOf(view.to, now)) || now;
  return { from: momentOf(fromOf(view), now) ?? to - HOUR_MS, to };
}

function parametersOf(view: View, names: readonly (keyof View)[]): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const name of names) {
    const value = view[name];
    if (value) parameters.set(name, value);
  }
  return parameters;
}
