import type { Page } from './types';

/** More would fill the memory of a page that is open for weeks. */
const MOST = 5_000;

/**
 * What is known of a list, newest first, with its first page as it is now. What was loaded behind it stays, unless so much came
 * meanwhile that something between could be missing: then there is the first page alone.
 */
export function joinedPages<Item extends { readonly id: string }>(
  known: Page<Item> | null,
  first: Page<Item>,
): Page<Item> {
  if (known === null) return first;
  const ids = new Set(first.items.map(({ id }) => id));
  const overlap = known.items.findLastIndex(({ id }) => ids.has(id));
  const rest = overlap < 0 ? [] : known.items.slice(overlap + 1);
  if (rest.length === 0 || first.items.length + rest.length > MOST) return first;
  return { items: [...first.items, ...rest], next: known.next };
}
