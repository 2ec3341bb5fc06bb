import { type ReactNode, useId } from 'react';
import styles from './card.module.css';
import { classNames } from './class-names';

export interface CardProps {
  readonly title?: ReactNode;
  /** Beside the title. */
  readonly note?: ReactNode;
  /** At the end of the title's line. */
  readonly actions?: ReactNode;
  /** Without padding, for a table or a picture that goes to the edge. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** One topic of a page. With a title it is a landmark that screen readers list. */
export function Card({ title, note, actions, flush = false, className, children }: CardProps) {
  const id = useId();
  return (
    <section className={classNames(styles.card, className)} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header className={styles.head}>
          <div className={styles.words}>
            <h2 id={id}>{title}</h2>
            {note && <span className={styles.note}>{note}</span>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </header>
      )}
      <div className={classNames(styles.body, flush && styles.flush)}>{children}</div>
    </section>
  );
}
