import { type ReactNode, useMemo, useState } from 'react';
import { Button } from '../kit/button';
import { classNames } from '../kit/class-names';
import { Icon } from '../kit/icon';
import { PAGES } from '../pages/pages';
import { useExternal } from './external';
import styles from './layout.module.css';
import { Link, navigate, usePlace } from './router';
import { endSession, session } from './session';
import { openShortcutHelp, useShortcuts } from './shortcuts';
import { chooseTheme, type Theme, theme } from './theme';

const ENTRIES = PAGES.flatMap(({ path, entry }) => (entry ? [{ path, ...entry }] : []));

/** Navigation around the page: a bar at the side, or at the bottom of a phone. */
export function Layout({ children }: { children: ReactNode }) {
  useShortcuts(
    useMemo(
      () =>
        ENTRIES.map(({ key, title, path }) => ({ keys: `g ${key}`, what: title, run: () => navigate(path) })),
      [],
    ),
  );
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={styles.layout}>
      <a href="#page" className={styles.skip} onClick={skip}>
        Skip to the page
      </a>
      <header className={styles.bar}>
        <Link href="/" className={styles.brand}>
          <img src="/assets/icon.svg" alt="" width="24" height="24" />
          Velocity
        </Link>
        <Button
          look="quiet"
          icon={isOpen ? 'close' : 'menu'}
          className={styles.opener}
          aria-label="Menu"
          aria-expanded={isOpen}
          aria-controls="side"
          onClick={() => setOpen(!isOpen)}
        />
      </header>
      <div id="side" className={classNames(styles.side, isOpen && styles.open)}>
        <Navigation onFollow={() => setOpen(false)} />
        <Account />
      </div>
      <main id="page" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </div>
  );
}

function Navigation({ onFollow }: { onFollow: () => void }) {
  const { path } = usePlace();
  return (
    <nav aria-label="Pages">
      <ul className={styles.entries}>
        {ENTRIES.map((entry) => {
          const isHere =
            entry.path === '/' ? path === '/' : path === entry.path || path.startsWith(`${entry.path}/`);
          return (
            <li key={entry.path}>
              <Link
                href={entry.path}
                className={classNames(styles.entry, isHere && styles.here)}
                aria-current={isHere ? 'page' : undefined}
                onClick={onFollow}
              >
                <Icon name={entry.icon} />
                {entry.title}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

const NEXT_THEME = { system: 'light', light: 'dark', dark: 'system' } as const satisfies Record<Theme, Theme>;
const THEME_ICON = { system: 'screen', light: 'sun', dark: 'moon' } as const;

function Account() {
  const now = useExternal(session);
  const chosen = useExternal(theme);
  if (now.phase !== 'in') return null;
  const { name, role } = now.principal;
  return (
    <section aria-label="Account" className={styles.account}>
      <div className={styles.who}>
        <span className="ellipsis" title={name}>
          {name}
        </span>
        <small>{role}</small>
      </div>
      <div className={styles.tools}>
        <Button
          look="quiet"
          icon={THEME_ICON[chosen]}
          aria-label={`Theme: ${chosen}. Change to ${NEXT_THEME[chosen]}`}
          title={`Theme: ${chosen}`}
          onClick={() => chooseTheme(NEXT_THEME[chosen])}
        />
        <Button
          look="quiet"
          icon="help"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={openShortcutHelp}
        />
        <Button
          look="quiet"
          icon="leave"
          aria-label="Sign out"
          title="Sign out"
          onClick={() => endSession()}
        />
      </div>
    </section>
  );
}

function skip(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}
