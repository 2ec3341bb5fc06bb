import { type ReactNode, useEffect } from 'react';
import { Link } from '../app/router';
import { Icon } from './icon';
import styles from './page.module.css';

export interface PageProps {
  readonly title: string;
  /** Under the title: what the page shows now. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** The page that this one belongs to. */
  readonly parent?: { readonly href: string; readonly title: string };
  readonly children: ReactNode;
}

/** Every page is one: heading, document title, width and distances. */
export function Page({ title, note, actions, parent, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Velocity`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div className={styles.words}>
          {parent && (
            <Link href={parent.href} className={styles.parent}>
              <Icon name="left" size={14} />
              {parent.title}
            </Link>
          )}
          <h1>{title}</h1>
          {note && <div className={styles.note}>{note}</div>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
