import type { ReactNode } from 'react';
import styles from './system.module.css';

export type Fact = readonly [label: string, value: ReactNode];

/** Names and values, side by side. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
