import type { ReactNode } from 'react';
import { classNames } from './class-names';
import styles from './fact-list.module.css';

export type Fact = readonly [label: string, value: ReactNode];

interface FactListProps {
  readonly facts: readonly Fact[];
  /** How much room each takes at least. */
  readonly size?: 'small' | 'medium' | 'large';
}

/** Names and values, side by side. */
export function FactList({ facts, size = 'small' }: FactListProps) {
  return (
    <dl className={classNames(styles.facts, styles[size])}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
