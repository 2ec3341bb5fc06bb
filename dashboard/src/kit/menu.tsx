import { type KeyboardEvent, useId, useRef } from 'react';
import type { Role } from '../api/types';
import { usePermission } from '../app/session';
import { Button } from './button';
import { classNames } from './class-names';
import styles from './menu.module.css';

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly needs?: Role;
  readonly isDangerous?: boolean;
  /** Why it cannot be chosen now; empty: it can. */
  readonly blocked?: string;
}

const GAP = 4;

/** A button that opens a list of actions. Arrows move, Escape closes. `label`: whose actions, for screen readers. */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const list = useRef<HTMLUListElement>(null);
  const button = useRef<HTMLDivElement>(null);
  const id = useId();
  const open = () => {
    const menu = list.current!;
    menu.showPopover();
    place(menu, button.current!.getBoundingClientRect());
    menu.querySelector<HTMLElement>('[role=menuitem]')?.focus();
  };
  const close = () => {
    list.current!.hidePopover();
    button.current!.querySelector('button')?.focus();
  };
  return (
    <div ref={button} className={styles.menu}>
      <Button
        look="quiet"
        icon="more"
        aria-label={label}
        aria-haspopup="menu"
        aria-controls={id}
        onClick={open}
      />
      <ul
        ref={list}
        id={id}
        role="menu"
        popover="auto"
        aria-label={label}
        className={styles.list}
        onKeyDown={(event) => move(event, close)}
      >
        {items.map((item) => (
          <Choice key={item.label} item={item} close={close} />
        ))}
      </ul>
    </div>
  );
}

function Choice({ item, close }: { item: MenuItem; close: () => void }) {
  const { reason } = usePermission(item.needs);
  const why = reason || item.blocked || '';
  const choose = () => {
    if (why !== '') return;
    close();
    item.onSelect();
  };
  return (
    <li role="none">
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        className={classNames(styles.item, item.isDangerous && styles.danger)}
        aria-disabled={why !== '' || undefined}
        onClick={choose}
      >
        <span>{item.label}</span>
        {why && <small>{why}</small>}
      </button>
    </li>
  );
}

function move(event: KeyboardEvent<HTMLElement>, close: () => void): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const target = targets[event.key];
  if (target !== undefined) items[target]?.focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
}

/** Below the button, its right edges aligned; above it where there is no room below. */
function place(menu: HTMLElement, anchor: DOMRect): void {
  const { offsetWidth, offsetHeight } = menu;
  const left = Math.max(GAP, Math.min(anchor.right - offsetWidth, innerWidth - offsetWidth - GAP));
  const below = anchor.bottom + GAP;
  const top = below + offsetHeight > innerHeight ? Math.max(GAP, anchor.top - offsetHeight - GAP) : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}
