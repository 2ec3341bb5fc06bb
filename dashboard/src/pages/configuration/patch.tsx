import { classNames } from '../../kit/class-names';
import styles from './configuration.module.css';

/** A unified diff. Signs say what is new and what is gone; colours only repeat it. */
export function Patch({ patch, label }: { patch: string; label: string }) {
  if (patch.trim() === '') return <p className="muted">There is no difference.</p>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also with the keyboard
    <div role="region" aria-label={label} tabIndex={0} className={styles.patch}>
      {patch
        .replace(/\n$/, '')
        .split('\n')
        .map((line, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- lines have no other name
          <div key={index} className={classNames(styles.patchLine, styles[kindOf(line)])}>
            {line === '' ? ' ' : line}
          </div>
        ))}
    </div>
  );
}

function kindOf(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---')) return 'file';
  if (line.startsWith('@@')) return 'hunk';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
}
