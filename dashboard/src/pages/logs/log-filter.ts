import { usePlace, navigate } from '../../app/router';

/** Filters of the access log that the page offers, under the names that the API has for them. */
export const FILTER_NAMES = [
  'service',
  'status',
  'dropReason',
  'dropped',
  'method',
  'pathPrefix',
  'client',
  'backend',
  'requestId',
  'from',
  'to',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type LogFilter = Readonly<Partial<Record<FilterName, string>>>;

/** Those that a stream of what comes cannot take. */
const OF_THE_PAST: readonly FilterName[] = ['from', 'to'];

/** The filter is the query of the page's address: a search that is worth keeping is a link. */
export function useLogFilter(): [LogFilter, (change: LogFilter) => void] {
  const { query } = usePlace();
  const filter = filterOf(new URLSearchParams(query));
  const set = (change: LogFilter) => {
    const text = queryOf({ ...filter, ...change });
    navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: true });
  };
  return [filter, set];
}

function filterOf(parameters: URLSearchParams): LogFilter {
  const filter: Partial<Record<FilterName, string>> = {};
  for (const name of FILTER_NAMES) {
    const value = parameters.get(name);
    if (value) filter[name] = value;
  }
  return filter;
}

/** As the query of a page or of the API. Without `?`; empty values are left out. */
export function queryOf(filter: LogFilter, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams();
  for (const name of FILTER_NAMES) {
    const value = filter[name];
    if (value) parameters.set(name, value);
  }
  for (const [name, value] of Object.entries(more)) parameters.set(name, value);
  return parameters.toString();
}

/** Without the times. */
export function liveFilter(filter: LogFilter): LogFilter {
  return Object.fromEntries(
    Object.entries(filter).filter(([name]) => !OF_THE_PAST.includes(name as FilterName)),
  );
}
