import { useMemo, useState } from 'react';
import { useInterval, useQuery } from '../../api/query';
import type { HealthLogRecord, Page as ListPage, Service } from '../../api/types';
import { useQueryParameter } from '../../app/router';
import { plural } from '../../format/numbers';
import { Card } from '../../kit/card';
import { Loaded, Notice } from '../../kit/condition';
import { Select } from '../../kit/field';
import { Page } from '../../kit/page';
import { EventCard } from './event-card';
import { LaneList } from './lane-list';
import { lanesOf, type LaneState, type LaneSubject } from './lanes';
import styles from './probes.module.css';

const RANGES = [
  ['15m', 'Last 15 minutes', 900_000],
  ['1h', 'Last hour', 3_600_000],
  ['6h', 'Last 6 hours', 21_600_000],
  ['24h', 'Last 24 hours', 86_400_000],
  ['7d', 'Last 7 days', 604_800_000],
] as const;
const RENEW_MS = 10_000;
const MOST = 1_000;
/** Share of the time that is drawn before the first thing that is known. */
const SPARE = 0.02;
/** What lanes are made of: probes only confirm what is so. */
const LANE_KINDS = ['change', 'ejection', 'breaker'] as const;

/** How backends fared: changes of health, ejections and breakers over time. */
export default function ProbesPage() {
  const services = useQuery<readonly Service[]>('/api/v1/services?limit=1000', {
    all: true,
    everyMs: 15_000,
  });
  const [service, setService] = useQueryParameter('service');
  const [backend, setBackend] = useQueryParameter('backend');
  const [range, setRange] = useQueryParameter('range');
  const known = services.data ?? [];
  const ofService = known.filter(({ name }) => service === '' || name === service);
  return (
    <Page title="Probes" note="Changes of health, ejections and circuit breakers over time">
      <Card>
        <div className={styles.filters} role="search" aria-label="Filters">
          <Select
            label="Service"
            value={service}
            onChange={(event) => {
              setService(event.target.value);
              setBackend('');
            }}
          >
            <option value="">All services</option>
            {known.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
          <Select label="Backend" value={backend} onChange={(event) => setBackend(event.target.value)}>
            <option value="">All backends</option>
            {ofService.flatMap(({ backends, name }) =>
              backends.map(({ id, url }) => (
                <option key={id} value={id}>
                  {url} ({name})
                </option>
              )),
            )}
          </Select>
          <Select label="Time" value={range || '1h'} onChange={(event) => setRange(event.target.value)}>
            {RANGES.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </Select>
        </div>
      </Card>
      <Loaded query={services} lines={8}>
        {(list) => <History services={list} service={service} backend={backend} range={range || '1h'} />}
      </Loaded>
    </Page>
  );
}

interface HistoryProps {
  readonly services: readonly Service[];
  readonly service: string;
  readonly backend: string;
  readonly range: string;
}

function History({ services, service, backend, range }: HistoryProps) {
  const length = RANGES.find(([value]) => value === range)?.[2] ?? 3_600_000;
  const [to, setTo] = useState(() => Date.now());
  useInterval(() => setTo(Date.now()), RENEW_MS);
  const filter = new URLSearchParams({ from: `-${range}`, limit: String(MOST) });
  if (service) filter.set('service', service);
  if (backend) filter.set('backend', backend);
  const changes = useKind(filter, LANE_KINDS[0]);
  const ejections = useKind(filter, LANE_KINDS[1]);
  const breakers = useKind(filter, LANE_KINDS[2]);
  const lanes = useMemo(() => {
    const records = [changes, ejections, breakers].flatMap(({ data }) => data?.items ?? []);
    // A record may be newer than the last look at the clock.
    const end = records.reduce((latest, { time }) => Math.max(latest, time), to);
    const subjects = subjectsOf(services, service, backend);
    return knownPart(subjects, records, { from: end - length, to: end });
  }, [services, service, backend, changes, ejections, breakers, to, length]);
  const isCut = [changes, ejections, breakers].some(({ data }) => data?.next);
  const flapping = lanes.all.filter(({ isFlapping }) => isFlapping);
  return (
    <>
      {flapping.length > 0 && (
        <Notice tone="warn">
          {plural(flapping.length, 'backend')} flapping:{' '}
          {flapping
            .slice(0, 4)
            .map(({ url, service: of }) => url || of)
            .join(', ')}
        </Notice>
      )}
      {isCut && (
        <Notice tone="warn">
          Only the newest {MOST} records of a kind are drawn: choose a shorter time or one service.
        </Notice>
      )}
      <Loaded query={changes} lines={8}>
        {() => <LaneList lanes={lanes.all} from={lanes.from} to={lanes.to} />}
      </Loaded>
      <EventCard filter={filter} />
    </>
  );
}

/** A balancer that has not run for so long has nothing to show before: the time begins when something was known. */
function knownPart(
  subjects: readonly LaneSubject[],
  records: readonly HealthLogRecord[],
  range: { readonly from: number; readonly to: number },
) {
  const all = lanesOf(subjects, records, range);
  const first = all.reduce(
    (earliest, { stretches }) =>
      Math.min(earliest, stretches.find(({ state }) => state !== 'unknown')?.from ?? range.to),
    range.to,
  );
  if (first === range.from || first === range.to) return { all, ...range };
  const from = Math.max(range.from, first - (range.to - first) * SPARE);
  return { all: lanesOf(subjects, records, { from, to: range.to }), from, to: range.to };
}

function useKind(filter: URLSearchParams, kind: HealthLogRecord['kind']) {
  return useQuery<ListPage<HealthLogRecord>>(`/api/v1/health-logs?${filter}&kind=${kind}`, {
    everyMs: RENEW_MS,
  });
}

function subjectsOf(services: readonly Service[], service: string, backend: string): LaneSubject[] {
  return services
    .filter(({ name }) => service === '' || name === service)
    .flatMap(({ name, backends }) =>
      backends
        .filter(({ id }) => backend === '' || id === backend)
        .map((one) => ({ service: name, backend: one.id, url: one.url, now: stateOf(one) })),
    );
}

function stateOf({ health, ejectedUntil, breaker }: Service['backends'][number]): LaneState {
  if (health === 'unhealthy') return 'unhealthy';
  if (ejectedUntil !== null) return 'ejected';
  return breaker === 'open' ? 'breaker' : health;
}
