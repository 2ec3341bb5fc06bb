import type { ReactNode } from 'react';
import type { ScalingLogRecord } from '../../api/types';
import { Link } from '../../app/router';
import { fullTime } from '../../format/times';
import { Button } from '../../kit/button';
import { Dialog } from '../../kit/dialog';
import { LimitList } from './decision-card';
import { servicePath } from '../page-paths';
import { amountOf, copiesWords, kindWords, metricName, reasonWords } from './scaling-words';
import styles from './scaling.module.css';

/** All that a record says. */
export function RecordDialog({ record, onClose }: { record: ScalingLogRecord; onClose: () => void }) {
  const { service, time, limits } = record;
  const reason = reasonWords(record);
  return (
    <Dialog
      title={`${service}: ${kindWords(record).label}`}
      onClose={onClose}
      actions={<Button onClick={onClose}>Close</Button>}
    >
      <p className="muted">{fullTime(time)}</p>
      {reason && <p>{reason}</p>}
      <dl className={styles.facts}>
        {factsOf(record).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <LimitList limits={limits} />
    </Dialog>
  );
}

function factsOf(record: ScalingLogRecord): (readonly [string, ReactNode])[] {
  const { service, backend, instance, metric, metrics } = record;
  const facts: (readonly [string, ReactNode])[] = [];
  const copies = copiesWords(record);
  if (copies) facts.push(['Copies', copies]);
  if (instance)
    facts.push([
      'Copy or place',
      <span key="instance" className="mono">
        {instance}
      </span>,
    ]);
  if (backend !== null) {
    facts.push([
      'Backend',
      <Link key="backend" href={servicePath(service, backend)}>
        {backend}
      </Link>,
    ]);
  }
  if (metric !== null) facts.push(['Decided by', metricName(metric)]);
  for (const [name, value] of Object.entries(metrics)) facts.push([metricName(name), amountOf(name, value)]);
  return facts;
}
