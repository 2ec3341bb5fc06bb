import type { RawQuery } from './query.reader.js';

/** Path and query of the page after this one: the same query from `cursor` on. null: there is none. */
export function nextLink(path: string, query: RawQuery, cursor: string | null): string | null {
  if (cursor === null) return null;
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (key !== 'cursor') parameters.set(key, String(value));
  }
  parameters.set('cursor', cursor);
  return `${path}?${parameters}`;
}
