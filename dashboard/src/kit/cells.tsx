import type { ReactNode } from 'react';
import styles from './cells.module.css';

interface TwoLinedProps {
  /** What counts, and a `small` with what is good to know: `data-tone="bad"` where that is something wrong. */
  readonly children: ReactNode;
  readonly title?: string;
}

/** A cell of a table with two lines. */
export function TwoLined({ children, title }: TwoLinedProps) {
  return (
    <span className={styles.two} title={title}>
      {children}
    </span>
  );
}

/** A sentence in a cell: as much as fits on two lines, and the whole of it for who points there. */
export function Sentence({ text }: { text: string }) {
  return (
    <span className={styles.sentence} title={text}>
      {text || '–'}
    </span>
  );
}
