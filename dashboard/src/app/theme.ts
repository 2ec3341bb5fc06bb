import { External } from './external';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'velocity.theme';

/** What was chosen; `public/assets/theme.js` applies it before the first paint. */
export const theme = new External<Theme>(chosen());
/** Counts up whenever colours may have changed: what draws on a canvas draws again. */
export const paint = new External(0);

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);

export function chooseTheme(next: Theme): void {
  theme.set(next);
  const { dataset } = document.documentElement;
  if (next === 'system') delete dataset['theme'];
  else dataset['theme'] = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // Storage is forbidden: it holds for this page.
  }
  repaint();
}

/** The value of a colour token as a canvas takes it. `name`: such as `--series-1`; `share`: its opacity in percent. */
export function colour(name: string, share = 100): string {
  const key = `${name} ${share}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  probe ??= newProbe();
  probe.style.color =
    share === 100 ? `var(${name})` : `color-mix(in srgb, var(${name}) ${share}%, transparent)`;
  const value = getComputedStyle(probe).color;
  resolved.set(key, value);
  return value;
}

/** Its colour must be there at once: reduced motion gives every element a transition, however short. */
function newProbe(): HTMLElement {
  const element = document.body.appendChild(document.createElement('span'));
  element.style.transitionProperty = 'none';
  return element;
}

const resolved = new Map<string, string>();
let probe: HTMLElement | undefined;

function repaint(): void {
  resolved.clear();
  paint.set(paint.get() + 1);
}

function chosen(): Theme {
  const { theme: set } = document.documentElement.dataset;
  return set === 'light' || set === 'dark' ? set : 'system';
}
