import { type AnchorHTMLAttributes, type MouseEvent, useCallback } from 'react';
import { External, useExternal } from './external';

/** Where the browser is: path and query of the page. */
export interface Place {
  readonly path: string;
  readonly query: string;
}

const place = new External<Place>(here());
const guards = new Set<() => boolean>();
/** Which entry of the history this is: what of it is kept there says in which direction the browser went. */
let at = entry();
window.addEventListener('popstate', () => {
  const before = at;
  at = entry();
  // Also after a step back that was taken back below: then nothing has changed.
  if (isSame(here(), place.get())) return;
  if (before !== at && isStaying()) return history.go(before - at);
  place.set(here());
});

/** Goes to a page of the dashboard. `replace`: without an entry in the history, as for a filter that is being typed. */
export function navigate(to: string, { replace = false } = {}): void {
  if (!replace && isStaying()) return;
  if (!replace) at += 1;
  history[replace ? 'replaceState' : 'pushState']({ at }, '', to);
  const before = place.get().path;
  place.set(here());
  if (place.get().path !== before) {
    window.scrollTo(0, 0);
    // A screen reader hears of the new page, and Tab goes on from its start.
    document.getElementById('page')?.focus();
  }
}

/** Asks before a page with unsaved work is left, also by the browser's back button: return false to stay. Returns what takes the question back. */
export function guardLeaving(mayLeave: () => boolean): () => void {
  guards.add(mayLeave);
  return () => void guards.delete(mayLeave);
}

export function usePlace(): Place {
  return useExternal(place);
}

/** One parameter of the query, empty without it; setting it to empty removes it. */
export function useQueryParameter(name: string): [string, (value: string) => void] {
  const { query } = usePlace();
  const set = useCallback(
    (value: string) => {
      const parameters = new URLSearchParams(location.search);
      if (value === '') parameters.delete(name);
      else parameters.set(name, value);
      const text = parameters.toString();
      navigate(location.pathname + (text === '' ? '' : `?${text}`), { replace: true });
    },
    [name],
  );
  return [new URLSearchParams(query).get(name) ?? '', set];
}

/** A link to a page of the dashboard that does not load it anew. */
export function Link({
  href,
  onClick,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isOurs = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isOurs) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

/**
 * What a path means by a pattern such as `/services/:name`; null: it is none of these. Parameters are decoded; a path
 * that cannot be decoded fits nothing.
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.replace(/(.)\/$/, '$1').split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index]!;
    if (!part.startsWith(':')) {
      if (part !== segment) return null;
      continue;
    }
    const value = decoded(segment);
    if (value === null || value === '') return null;
    found[part.slice(1)] = value;
  }
  return found;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function isStaying(): boolean {
  return [...guards].some((mayLeave) => !mayLeave());
}

/** 0: the first of the application, or one that it did not make. */
function entry(): number {
  return (history.state as { at?: number } | null)?.at ?? 0;
}

function isSame(one: Place, other: Place): boolean {
  return one.path === other.path && one.query === other.query;
}

function here(): Place {
  return { path: location.pathname, query: location.search };
}
