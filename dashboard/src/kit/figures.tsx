import type { ReactNode } from 'react';
import type { Tone } from './badge';
import { classNames } from './class-names';
import styles from './figures.module.css';

export interface FigureEntry {
  readonly label: string;
  readonly value: ReactNode;
  /** Under the value: what it is made of, or compares to. */
  readonly note?: ReactNode;
  /** Colours the value when it is worth a look. */
  readonly tone?: Tone | undefined;
}

/** The few numbers that say how something fares. */
export function Figures({ entries }: { entries: readonly FigureEntry[] }) {
  return (
    <dl className={styles.figures}>
      {entries.map(({ label, value, note, tone }) => (
        <div key={label} className={styles.figure}>
          <dt>{label}</dt>
          <dd className={classNames(styles.value, tone && styles[tone])}>{value}</dd>
          {note !== undefined && <dd className={styles.note}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
