import { useMemo } from 'react';
import type { EffectiveService, Service } from '../../api/types';
import { Link } from '../../app/router';
import { count, plural } from '../../format/numbers';
import { duration } from '../../format/times';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import { Empty } from '../../kit/condition';
import { type Column, Table } from '../../kit/table';
import type { Sample } from './exposition';
import { servicePath } from '../page-paths';

interface LimitRow {
  readonly service: string;
  readonly limit: EffectiveService['rateLimits'][number];
  /** Of the service, by all of its limits; null: not counted yet, or the rule refuses nothing. */
  readonly refused: number | null;
}

export interface RateLimitCardProps {
  readonly services: readonly Service[];
  readonly drops: readonly Sample[];
}

/** The rate limits of each service, and how many requests they refused. */
export function RateLimitCard({ services, drops }: RateLimitCardProps) {
  const rows = useMemo(() => rowsOf(services, drops), [services, drops]);
  return (
    <Card title="Rate limits" note={plural(rows.length, 'rule')} flush>
      <Table
        label="Rate limits"
        rows={rows}
        rowKey={({ service, limit }) => `${service} ${limit.name}`}
        columns={COLUMNS}
        empty={
          <Empty title="No rate limits" icon="protection">
            <code>rateLimits</code> of a service says how many requests a client, a key or a path may make in
            a time. Try a new one with <code>mode: shadow</code> first.
          </Empty>
        }
      />
    </Card>
  );
}

function rowsOf(services: readonly Service[], drops: readonly Sample[]): LimitRow[] {
  const refused = new Map<string, number>();
  for (const { labels, value } of drops) {
    if (labels['reason'] === 'rate_limited') refused.set(labels['service'] ?? '', value);
  }
  return services.flatMap(({ name, effective }) =>
    effective.rateLimits.map((limit) => ({
      service: name,
      limit,
      refused: limit.shadow ? null : (refused.get(name) ?? null),
    })),
  );
}

const COLUMNS: readonly Column<LimitRow>[] = [
  {
    key: 'service',
    title: 'Service',
    width: 'minmax(110px, 1fr)',
    sort: ({ service }) => service,
    cell: ({ service }) => (
      <Link href={servicePath(service)} className="ellipsis">
        {service}
      </Link>
    ),
  },
  {
    key: 'name',
    title: 'Rule',
    width: 'minmax(80px, 0.7fr)',
    cell: ({ limit }) => <code>{limit.name}</code>,
  },
  {
    key: 'by',
    title: 'Counts apart',
    width: 'minmax(120px, 1fr)',
    cell: ({ limit }) => limit.by.join(', ').replace('header', `header ${limit.header}`) || 'nothing',
  },
  {
    key: 'for',
    title: 'For',
    width: 'minmax(90px, 1fr)',
    cell: ({ limit }) => `${limit.method || 'any method'} ${limit.path || 'any path'}`,
  },
  {
    key: 'rate',
    title: 'Allows',
    width: '130px',
    isNumber: true,
    cell: ({ limit }) => `${count(limit.limit)} per ${duration(limit.windowMs)}`,
  },
  { key: 'burst', title: 'At once', width: '80px', isNumber: true, cell: ({ limit }) => count(limit.burst) },
  {
    key: 'mode',
    title: 'Mode',
    width: '96px',
    cell: ({ limit }) => (limit.shadow ? <Badge>shadow</Badge> : <Badge tone="accent">refuses</Badge>),
  },
  {
    key: 'refused',
    title: 'Refused (service)',
    width: '120px',
    isNumber: true,
    sort: ({ refused }) => refused ?? -1,
    cell: ({ refused }) => (refused === null ? '–' : count(refused)),
  },
];
