import { useState } from 'react';
import { apiErrorOf, call } from './api';
import { joinedPages } from './joined-pages';
import type { Older } from './older';
import { type Query, useQuery } from './query';
import type { Page } from './types';

/** A list that grows at its front while one reads on behind. */
export interface Feed<Item> extends Older<Item> {
  /** Of the first page. */
  readonly query: Query<Page<Item>>;
}

/** `items`: all that is known, newest first. Asks for the first page again after so long, and keeps those behind it. */
export function useFeed<Item extends { readonly id: string }>(path: string, everyMs: number): Feed<Item> {
  const query = useQuery<Page<Item>>(path, { everyMs });
  const [seen, setSeen] = useState<Seen<Item>>(() => nothing(path));
  const current = seen.path === path ? seen : nothing<Item>(path);
  if (current !== seen || current.first !== query.data) {
    const list = query.data === undefined ? current.list : joinedPages(current.list, query.data);
    setSeen({ ...current, first: query.data, list });
  }
  const { list, isBusy, error } = current;
  const next = list?.next ?? null;
  const settle = (change: (list: Page<Item>) => Partial<Seen<Item>>) =>
    setSeen((now) => {
      // Of another list, or of one that began anew meanwhile.
      if (now.path !== path || now.list === null || now.list.next !== next) return { ...now, isBusy: false };
      return { ...now, isBusy: false, ...change(now.list) };
    });
  const load = () => {
    if (next === null || isBusy) return;
    setSeen({ ...current, isBusy: true, error: '' });
    call<Page<Item>>('GET', next).then(
      ({ body }) => settle(({ items }) => ({ list: { items: [...items, ...body.items], next: body.next } })),
      (reason: unknown) => settle(() => ({ error: apiErrorOf(reason).message })),
    );
  };
  return { query, items: list?.items ?? [], next, isBusy, error, load };
}

interface Seen<Item> {
  readonly path: string;
  /** As it was last answered. */
  readonly first: Page<Item> | undefined;
  readonly list: Page<Item> | null;
  readonly isBusy: boolean;
  readonly error: string;
}

function nothing<Item>(path: string): Seen<Item> {
  return { path, first: undefined, list: null, isBusy: false, error: '' };
}
