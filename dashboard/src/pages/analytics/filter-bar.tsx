import { type ApiError, problemAt } from '../../api/api';
import type { Service } from '../../api/types';
import { Button } from '../../kit/button';
import { Choice, OutcomeChoice, ServiceChoice, Typed } from '../filters/filter-fields';
import { type Filter, FILTERS, type View } from './analytics-view';
import styles from './analytics.module.css';

interface FilterBarProps {
  readonly view: View;
  readonly onChange: (change: View) => void;
  /** What the balancer finds wrong is shown at its field. */
  readonly error: ApiError | null;
  readonly services: readonly Service[];
}

/** What everything on the page is narrowed to. */
export function FilterBar({ view, onChange, error, services }: FilterBarProps) {
  const field = (name: Filter) => ({
    value: view[name] ?? '',
    error: problemAt(error, name),
    onValue: (value: string) => onChange({ [name]: value }),
  });
  const isNarrowed = FILTERS.some((name) => view[name]);
  return (
    <form
      className={styles.filters}
      role="search"
      aria-label="Filters"
      onSubmit={(event) => event.preventDefault()}
    >
      <ServiceChoice {...field('service')} onValue={(service) => onChange({ service, backend: '' })} />
      <BackendChoice {...field('backend')} service={view.service ?? ''} services={services} />
      <Typed label="Status" placeholder="5xx or 404" {...field('status')} />
      <OutcomeChoice
        filter={view}
        onChange={({ dropReason = '', dropped = '' }) => onChange({ dropReason, dropped })}
        error={problemAt(error, 'dropReason') || problemAt(error, 'dropped')}
      />
      <Typed label="Path" placeholder="/api/orders" {...field('path')} />
      <Typed label="Client" placeholder="203.0.113.7" {...field('client')} />
      <Button
        className={styles.clear}
        blocked={isNarrowed ? '' : 'Nothing is narrowed.'}
        onClick={() => onChange(Object.fromEntries(FILTERS.map((name) => [name, ''])))}
      >
        Clear
      </Button>
    </form>
  );
}

interface BackendChoiceProps {
  readonly value: string;
  readonly error: string;
  readonly onValue: (value: string) => void;
  readonly service: string;
  readonly services: readonly Service[];
}

/** Those of the chosen service; the chosen one also when it is gone by now. */
function BackendChoice({ service, services, ...field }: BackendChoiceProps) {
  const wanted = services.filter(({ name }) => service === '' || name === service);
  const isThere = wanted.some(({ backends }) => backends.some(({ id }) => id === field.value));
  return (
    <Choice label="Backend" {...field}>
      <option value="">All backends</option>
      {field.value !== '' && !isThere && <option value={field.value}>{field.value}</option>}
      {wanted.map(({ name, backends }) => (
        <optgroup key={name} label={name}>
          {backends.map(({ id, url }) => (
            <option key={id} value={id}>
              {url}
            </option>
          ))}
        </optgroup>
      ))}
    </Choice>
  );
}
