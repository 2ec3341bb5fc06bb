import { type ApiError, problemAt } from '../../api/api';
import { fullTime } from '../../format/times';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Choice, OutcomeChoice, ServiceChoice, Typed } from '../filters/filter-fields';
import { FILTER_NAMES, type FilterName, type LogFilter } from './log-filter';
import styles from './logs.module.css';

const RANGES = [
  ['', 'Any time'],
  ['-5m', 'Last 5 minutes'],
  ['-15m', 'Last 15 minutes'],
  ['-1h', 'Last hour'],
  ['-24h', 'Last 24 hours'],
  ['-7d', 'Last 7 days'],
] as const;

export interface FilterBarProps {
  readonly filter: LogFilter;
  readonly onChange: (change: LogFilter) => void;
  /** What the balancer finds wrong is shown at its field. */
  readonly error: ApiError | null;
  /** Times do not apply to what comes. */
  readonly isLive: boolean;
}

export function FilterBar({ filter, onChange, error, isLive }: FilterBarProps) {
  const field = (name: FilterName) => ({
    value: filter[name] ?? '',
    error: problemAt(error, name),
    onValue: (value: string) => onChange({ [name]: value }),
  });
  const isNarrowed = FILTER_NAMES.some((name) => filter[name]);
  return (
    <Card>
      <form
        className={styles.filters}
        role="search"
        aria-label="Filters"
        onSubmit={(event) => event.preventDefault()}
      >
        <ServiceChoice {...field('service')} />
        <Typed label="Status" placeholder="5xx or 404" {...field('status')} />
        <OutcomeChoice filter={filter} onChange={onChange} error={problemAt(error, 'dropReason')} />
        <Typed label="Path starts with" placeholder="/api/" {...field('pathPrefix')} />
        <Typed label="Client" placeholder="203.0.113.7" {...field('client')} />
        <Typed label="Method" placeholder="GET" {...field('method')} />
        <Typed label="Request id" placeholder="from a response or a log" {...field('requestId')} />
        <TimeChoice
          filter={filter}
          onChange={onChange}
          error={problemAt(error, 'from') || problemAt(error, 'to')}
          isLive={isLive}
        />
        <Button
          className={styles.clear}
          blocked={isNarrowed ? '' : 'Nothing is narrowed.'}
          onClick={() => onChange(Object.fromEntries(FILTER_NAMES.map((name) => [name, ''])))}
        >
          Clear
        </Button>
      </form>
      {filter.backend && (
        <p className={styles.more}>
          Only backend <code>{filter.backend}</code>{' '}
          <Button
            look="quiet"
            icon="close"
            aria-label="All backends"
            onClick={() => onChange({ backend: '' })}
          />
        </p>
      )}
    </Card>
  );
}

type ChoiceProps = Pick<FilterBarProps, 'filter' | 'onChange'> & { readonly error: string };

function TimeChoice({ filter, onChange, error, isLive }: ChoiceProps & { isLive: boolean }) {
  const { from = '', to = '' } = filter;
  const isRange = to !== '' || !RANGES.some(([value]) => value === from);
  return (
    <Choice
      label="Time"
      value={isLive ? 'live' : isRange ? 'range' : from}
      error={error}
      onValue={(value) => onChange({ from: value, to: '' })}
      disabled={isLive}
    >
      {isLive && <option value="live">As it comes</option>}
      {isRange && <option value="range">{rangeWords(from, to)}</option>}
      {RANGES.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </Choice>
  );
}

/** Times of a link are Unix milliseconds. */
function rangeWords(from: string, to: string): string {
  const word = (time: string) => (/^\d+$/.test(time) ? fullTime(Number(time)) : time);
  if (to === '') return `Since ${word(from)}`;
  return from === '' ? `Until ${word(to)}` : `${word(from)} to ${word(to)}`;
}
