import { type FormEvent, useEffect, useRef, useState } from 'react';
import { DROP_REASON_NAMES } from '../../../../src/common/contract/drop-reasons';
import { useQuery } from '../../api/query';
import type { Service } from '../../api/types';
import { Input, Select } from '../../kit/field';

const TYPING_MS = 350;

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly error: string;
  readonly onValue: (value: string) => void;
}

/** One of some. */
export function Choice({
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
export function Typed({ value, onValue, ...rest }: FieldProps & { placeholder: string }) {
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

/** Of the services that there are, and the chosen one. */
export function ServiceChoice(props: Omit<FieldProps, 'label'>) {
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

export interface Outcome {
  readonly dropReason?: string;
  readonly dropped?: string;
}

export interface OutcomeProps {
  readonly filter: Outcome;
  readonly onChange: (change: Outcome) => void;
  readonly error: string;
}

/** Forwarded, dropped, or dropped for one reason. */
export function OutcomeChoice({ filter, onChange, error }: OutcomeProps) {
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

function outcomeOf(value: string): Outcome {
  if (value === 'dropped=true') return { dropped: 'true', dropReason: '' };
  if (value === 'dropped=false') return { dropped: 'false', dropReason: '' };
  return { dropped: '', dropReason: value };
}

/** Also a service of the filter that is gone by now. */
function named(services: readonly Service[] | undefined, chosen: string): string[] {
  const names = (services ?? []).map(({ name }) => name);
  if (chosen && !names.includes(chosen)) names.push(chosen);
  return names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
