import type { ReactNode } from 'react';
import styles from './badge.module.css';
import { classNames } from './class-names';

export type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'accent';

/** A state in a word. The word says it; colour and dot only repeat it. */
export function Badge({ tone = 'calm', dot = false, children, title }: BadgeProps) {
  return (
    <span className={classNames(styles.badge, styles[tone])} title={title}>
      {dot && <span className={styles.dot} aria-hidden="true" />}
      {children}
    </span>
  );
}

interface BadgeProps {
  readonly tone?: Tone;
  readonly dot?: boolean;
  readonly title?: string;
  readonly children: ReactNode;
}
