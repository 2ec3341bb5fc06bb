import { useState } from 'react';
import { apiErrorOf, call } from './api';
import type { Page } from './types';

/** The pages of a list behind its first one, as far as somebody asked for them. */
export interface Older<Item> {
  readonly items: readonly Item[];
  /** Path of the page after those; null: there are no more. */
  readonly next: string | null;
  readonly isBusy: boolean;
  readonly error: string;
  /** Asks for one more page. */
  readonly load: () => void;
}

/** `path`: of the first page. `first`: its `next`. When one of them changes, what was loaded is forgotten. */
export function useOlder<Item>(path: string, first: string | null): Older<Item> {
  const [pages, setPages] = useState<Pages<Item>>(noPages(path, first));
  const known = pages.path === path && pages.first === first ? pages : noPages<Item>(path, first);
  const load = () => {
    if (known.next === null) return;
    setPages({ ...known, isBusy: true, error: '' });
    call<Page<Item>>('GET', known.next).then(
      ({ body }) =>
        setPages({ ...known, items: [...known.items, ...body.items], next: body.next, isBusy: false }),
      (error: unknown) => setPages({ ...known, isBusy: false, error: apiErrorOf(error).message }),
    );
  };
  return { ...known, load };
}

interface Pages<Item> extends Omit<Older<Item>, 'load'> {
  readonly path: string;
  readonly first: string | null;
}

function noPages<Item>(path: string, first: string | null): Pages<Item> {
  return { path, first, items: [], next: first, isBusy: false, error: '' };
}
