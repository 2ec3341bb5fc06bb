import { useState } from 'react';
import { type ApiError, problemAt } from '../../api/api';
import { Button } from '../../kit/button';
import { Input, Select } from '../../kit/field';
import { Segments } from '../../kit/segments';
import { DAY_MS, fromOf, MINUTE_MS, momentOf, rangeOf, type View } from './analytics-view';
import styles from './analytics.module.css';

const RANGES = [
  { value: '-15m', title: '15 min' },
  { value: '-1h', title: 'Hour' },
  { value: '-24h', title: 'Day' },
  { value: '-7d', title: '7 days' },
  { value: '-30d', title: '30 days' },
  { value: 'custom', title: 'Custom' },
];
const STEPS = ['1m', '5m', '15m', '1h', '6h', '1d'];
const BASELINES = [
  { value: '', title: 'the period before' },
  { value: '1', title: 'a day before' },
  { value: '7', title: 'a week before' },
];

interface RangeBarProps {
  readonly view: View;
  readonly onChange: (change: View) => void;
  /** What the balancer finds wrong is shown at its field. */
  readonly error: ApiError | null;
}

/** Which time is shown, how finely, and beside which other. */
export function RangeBar({ view, onChange, error }: RangeBarProps) {
  const [isOpen, setOpen] = useState(false);
  const usual = isUsual(view);
  const choose = (value: string) => {
    setOpen(value === 'custom');
    if (value !== 'custom') onChange({ from: value, to: '' });
  };
  return (
    <>
      <div className={styles.range}>
        <Segments
          label="Range"
          segments={RANGES}
          value={usual && !isOpen ? fromOf(view) : 'custom'}
          onChoose={choose}
        />
        <div className={styles.small}>
          <Select
            label="Compared with"
            value={view.baseline ?? ''}
            onChange={(event) => onChange({ baseline: event.target.value })}
          >
            {BASELINES.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </Select>
          <Select
            label="A point each"
            value={view.step ?? ''}
            onChange={(event) => onChange({ step: event.target.value })}
          >
            <option value="">automatic</option>
            {STEPS.map((step) => (
              <option key={step}>{step}</option>
            ))}
          </Select>
        </div>
      </div>
      {(isOpen || !usual) && (
        <CustomRange
          key={`${view.from} ${view.to}`}
          view={view}
          onChange={(change) => {
            setOpen(false);
            onChange(change);
          }}
          error={error}
        />
      )}
    </>
  );
}

/** Times of the browser's place, to the minute. */
function CustomRange({ view, onChange, error }: RangeBarProps) {
  const [first] = useState(() => rangeOf(view, Date.now()));
  const [from, setFrom] = useState(inputOf(first.from));
  const [to, setTo] = useState(inputOf(first.to));
  const start = Date.parse(from);
  const end = Date.parse(to);
  const isRange = start < end;
  const zoomOut = () => {
    const half = (first.to - first.from) / 2;
    onChange({ from: String(first.from - half), to: String(Math.min(Date.now(), first.to + half)) });
  };
  return (
    <form
      className={styles.custom}
      aria-label="Custom range"
      onSubmit={(event) => {
        event.preventDefault();
        if (isRange) onChange({ from: String(start), to: String(end) });
      }}
    >
      <Input
        label="From"
        type="datetime-local"
        value={from}
        error={
          problemAt(error, 'from') || (from !== '' && to !== '' && !isRange ? 'is not before the end' : '')
        }
        onChange={(event) => setFrom(event.target.value)}
      />
      <Input
        label="To"
        type="datetime-local"
        value={to}
        error={problemAt(error, 'to')}
        onChange={(event) => setTo(event.target.value)}
      />
      <Button type="submit" look="primary" blocked={isRange ? '' : 'Give a start and a later end.'}>
        Show
      </Button>
      <Button onClick={zoomOut}>Zoom out</Button>
    </form>
  );
}

/** One of those that are offered, up to now: it moves with the time. */
export function isUsual(view: View): boolean {
  return !view.to && RANGES.some(({ value }) => value === fromOf(view));
}

/** When the other range begins, as the API takes it; empty: right before. Relative to now as long as the range is. */
export function baselineOf(view: View): string {
  const days = Number(view.baseline ?? '');
  if (days === 0 || Number.isNaN(days)) return '';
  const from = fromOf(view);
  if (!from.startsWith('-')) return String((momentOf(from, 0) ?? 0) - days * DAY_MS);
  return `-${Math.round(-(momentOf(from, 0) ?? 0) / MINUTE_MS) + (days * DAY_MS) / MINUTE_MS}m`;
}

/** The end of the words "compared with". */
export function baselineWords(view: View): string {
  return BASELINES.find(({ value }) => value === (view.baseline ?? ''))?.title ?? 'the period before';
}

/** As a field for local times takes it. */
function inputOf(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}
