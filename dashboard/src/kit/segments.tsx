import styles from './segments.module.css';

export interface Segment {
  readonly value: string;
  readonly title: string;
}

/** One of a few, all in sight. `value` that is none of them: none is pressed. */
export function Segments({ label, segments, value, onChoose }: SegmentsProps) {
  return (
    <div className={styles.segments} role="group" aria-label={label}>
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          className={styles.segment}
          aria-pressed={segment.value === value}
          onClick={() => onChoose(segment.value)}
        >
          {segment.title}
        </button>
      ))}
    </div>
  );
}

interface SegmentsProps {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly segments: readonly Segment[];
  readonly value: string;
  readonly onChoose: (value: string) => void;
}
