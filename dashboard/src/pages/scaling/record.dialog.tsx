import type { ScalingLogRecord } from '../../api/types';
import { Link } from '../../app/router';
import { fullTime } from '../../format/times';
import { Button } from '../../kit/button';
import { Dialog } from '../../kit/dialog';
import { type Fact, FactList } from '../../kit/fact-list';
import { LimitList } from './decision-card';
import { servicePath } from '../page-paths';
import { amountOf, copiesWords, kindWords, metricName, reasonWords } from './scaling-words';

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
      <FactList facts={factsOf(record)} size="medium" />
      <LimitList limits={limits} />
    </Dialog>
  );
}

function factsOf(record: ScalingLogRecord): Fact[] {
  const { service, backend, instance, metric, metrics } = record;
  const facts: Fact[] = [];
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
