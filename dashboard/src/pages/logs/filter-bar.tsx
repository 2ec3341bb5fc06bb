import { type FormEvent, useEffect, useRef, useState } from 'react';
import { DROP_REASON_NAMES } from '../../../../src/common/contract/drop-reasons';
import { useQuery } from '../../api/query';
import type { Service } from '../../api/types';
import { fullTime } from '../../format/times';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Input, Select } from '../../kit/field';
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
const TYPING_MS = 350;

export interface FilterBarProps {
  readonly filter: LogFilter;
  readonly onChange: (change: LogFilter) => void;
  /** What the balancer finds wrong, by field. */
  readonly problems: ReadonlyMap<string, string>;
  /** Times do not apply to what comes. */
  readonly isLive: boolean;
}

export function FilterBar({ filter, onChange, problems, isLive }: FilterBarProps) {
  const field = (name: FilterName) => ({
    value: filter[name] ?? '',
    error: problems.get(name) ?? '',
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
        <OutcomeChoice filter={filter} onChange={onChange} error={problems.get('dropReason') ?? ''} />
        <Typed label="Path starts with" placeholder="/api/" {...field('pathPrefix')} />
        <Typed label="Client" placeholder="203.0.113.7" {...field('client')} />
        <Typed label="Method" placeholder="GET" {...field('method')} />
        <Typed label="Request id" placeholder="from a response or a log" {...field('requestId')} />
        <TimeChoice
          filter={filter}
          onChange={onChange}
          error={problems.get('from') ?? problems.get('to') ?? ''}
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

function ServiceChoice(props: Omit<FieldProps, 'label'>) {
  const services = useQuery<readonly Service[]>('/api/v1/services?limit=1000', { all: true });
  return (
    <Choice label="Service" {...props}>
      <option value="">All services</option>
      {named(services.data, props.value).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function OutcomeChoice({ filter, onChange, error }: ChoiceProps) {
  const { dropReason, dropped } = filter;
  return (
    <Choice
      label="Outcome"
      value={dropReason ?? (dropped === undefined ? '' : `dropped=${dropped}`)}
      error={error}
      onValue={(value) => onChange(outcomeOf(value))}
    >
      <option value="">Any</option>
      <option value="dropped=false">Forwarded</option>
      <option value="dropped=true">Dropped, any reason</option>
      <optgroup label="Dropped because of">
        {DROP_REASON_NAMES.toSorted().map((reason) => (
          <option key={reason}>{reason}</option>
        ))}
      </optgroup>
    </Choice>
  );
}

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

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly error: string;
  readonly onValue: (value: string) => void;
}

function Choice({
  onValue,
  children,
  ...rest
}: FieldProps & { children: React.ReactNode; disabled?: boolean }) {
  return (
    <Select {...rest} onChange={(event) => onValue(event.target.value)}>
      {children}
    </Select>
  );
}

/** Takes effect when the typing pauses, and at once with Enter or when it is left. */
function Typed({ value, onValue, ...rest }: FieldProps & { placeholder: string }) {
  const [text, setText] = useState(value);
  const [settled, setSettled] = useState(value);
  const timer = useRef(0);
  if (settled !== value) {
    setSettled(value);
    setText(value);
  }
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const settle = (next: string) => {
    window.clearTimeout(timer.current);
    if (next.trim() !== value) onValue(next.trim());
  };
  const typed = (event: FormEvent<HTMLInputElement>) => {
    const next = event.currentTarget.value;
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => settle(next), TYPING_MS);
  };
  return (
    <Input
      {...rest}
      value={text}
      onChange={typed}
      onBlur={() => settle(text)}
      onKeyDown={(event) => event.key === 'Enter' && settle(text)}
    />
  );
}

function outcomeOf(value: string): LogFilter {
  if (value === 'dropped=true') return { dropped: 'true', dropReason: '' };
  if (value === 'dropped=false') return { dropped: 'false', dropReason: '' };
  return { dropped: '', dropReason: value };
}

/** Times of a link are Unix milliseconds. */
function rangeWords(from: string, to: string): string {
  const word = (time: string) => (/^\d+$/.test(time) ? fullTime(Number(time)) : time);
  if (to === '') return `Since ${word(from)}`;
  return from === '' ? `Until ${word(to)}` : `${word(from)} to ${word(to)}`;
}

/** Also a service of the filter that is gone by now. */
function named(services: readonly Service[] | undefined, chosen: string): string[] {
  const names = (services ?? []).map(({ name }) => name);
  if (chosen && !names.includes(chosen)) names.push(chosen);
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
