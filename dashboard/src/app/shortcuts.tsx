import { useEffect } from 'react';
import { Dialog } from '../kit/dialog';
import { External, useExternal } from './external';
import styles from './shortcuts.module.css';

export interface Shortcut {
  /** One key, or two after each other: `/`, `g s`. */
  readonly keys: string;
  readonly what: string;
  readonly run: () => void;
}

const known = new External<readonly Shortcut[]>([]);
const isHelpOpen = new External(false);
/** The second key of a pair has to come within this time. */
const PAIR_MS = 1_200;

export function openShortcutHelp(): void {
  isHelpOpen.set(true);
}

/** Makes shortcuts work while the component is there, and listed under `?`. Give it the same array each time. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  useEffect(() => {
    known.set([...known.get(), ...shortcuts]);
    return () => known.set(known.get().filter((shortcut) => !shortcuts.includes(shortcut)));
  }, [shortcuts]);
}

/** Listens to the keyboard, and shows the list: once in the application. */
export function ShortcutHost() {
  const shortcuts = useExternal(known);
  const isOpen = useExternal(isHelpOpen);
  useEffect(listen, []);
  if (!isOpen) return null;
  return (
    <Dialog title="Keyboard" onClose={() => isHelpOpen.set(false)}>
      <dl className={styles.list}>
        {[...shortcuts, { keys: '?', what: 'This list' }].map(({ keys, what }) => (
          <div key={keys}>
            <dt>{what}</dt>
            <dd>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function listen(): () => void {
  let before = '';
  let at = 0;
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') return openShortcutHelp();
    const pair = event.timeStamp - at < PAIR_MS ? `${before} ${event.key}` : '';
    const found =
      known.get().find(({ keys }) => keys === pair) ?? known.get().find(({ keys }) => keys === event.key);
    before = found ? '' : event.key;
    at = event.timeStamp;
    if (!found) return;
    event.preventDefault();
    found.run();
  };
  document.addEventListener('keydown', hear);
  return () => document.removeEventListener('keydown', hear);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
