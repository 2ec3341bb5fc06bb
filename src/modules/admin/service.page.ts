import type { ServiceConfig } from '../../common/config/index.js';
import { nextLink } from './page.link.js';
import { MAX_PAGE, type RawQuery, refusedParameter, wholeNumber } from './query.reader.js';

const DEFAULT_SERVICES = 100;
const PATH = '/api/v1/services';

export interface ServicePage {
  readonly services: readonly ServiceConfig[];
  /** Path and query of the next page; null: this was the last one. */
  readonly next: string | null;
}

/**
 * The services of a page, by name: so a service that comes or goes between two pages moves no other one across their
 * border. Throws REQUEST_INVALID that names the parameter at fault.
 */
export function servicePage(all: readonly ServiceConfig[], query: RawQuery): ServicePage {
  for (const key of Object.keys(query)) {
    if (key === 'limit' || key === 'cursor') continue;
    throw refusedParameter(key, 'is not known here: only limit and cursor are');
  }
  const limit = wholeNumber(query, 'limit', MAX_PAGE) ?? DEFAULT_SERVICES;
  const after = readCursor(query);
  const rest = all
    .filter(({ name }) => after === null || name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const services = rest.slice(0, limit);
  const last = services.at(-1);
  const cursor = last === undefined || rest.length <= limit ? null : cursorAfter(last.name);
  return { services, next: nextLink(PATH, query, cursor) };
}

function cursorAfter(name: string): string {
  return Buffer.from(name).toString('base64url');
}

/** The name behind which the page starts; null: it is the first one. */
function readCursor({ cursor }: RawQuery): string | null {
  if (cursor === undefined) return null;
  if (Array.isArray(cursor)) throw refusedParameter('cursor', 'is given more than once: give it once');
  const name = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '';
  if (name !== '' && cursorAfter(name) === cursor) return name;
  throw refusedParameter('cursor', 'is not one of ours: follow "next" of the page before, or leave it out');
}
