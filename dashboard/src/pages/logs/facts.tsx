import type { ReactNode } from 'react';
import { Link } from '../../app/router';
import type { AccessLogRecord } from '../../api/types';
import { bytes } from '../../format/numbers';
import { Card } from '../../kit/card';
import { servicePath } from '../page-paths';
import styles from './record.module.css';

/** Everything else that the record holds. */
export function Facts({ record }: { record: AccessLogRecord }) {
  const headers = Object.entries(record.headers ?? {});
  return (
    <Card title="Record">
      <dl className={styles.facts}>
        {factsOf(record).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {headers.map(([name, value]) => (
          <div key={name}>
            <dt>
              Header <code>{name}</code>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

function factsOf(record: AccessLogRecord): Fact[] {
  const { service, backend, client } = record;
  const facts: Fact[] = [
    {
      label: 'Service',
      value: service === null ? '' : <Link href={servicePath(service)}>{service}</Link>,
    },
    { label: 'Instead of', value: record.fallbackFrom ?? '' },
    { label: 'Group', value: record.group ?? '' },
    { label: 'Backend', value: backend === null ? '' : <code>{backend}</code> },
    { label: 'Algorithm', value: record.algorithm ?? '' },
    { label: 'Affinity', value: record.affinity === 'none' ? '' : record.affinity },
    { label: 'Client', value: <Link href={`/logs?client=${encodeURIComponent(client)}`}>{client}</Link> },
    { label: 'User agent', value: record.userAgent },
    { label: 'Referer', value: record.referer },
    { label: 'Protocol', value: record.protocol },
    { label: 'Body from the client', value: bytes(record.bytesIn) },
    { label: 'Body to the client', value: bytes(record.bytesOut) },
    { label: 'A policy in shadow would have said', value: record.shadowReason ?? '' },
    { label: 'Record', value: <code>{record.id}</code> },
    { label: 'Worker', value: `${record.worker}, ${record.lane} lane, configuration ${record.generation}` },
  ];
  return facts.filter(({ value }) => value !== '');
}
