import { Link } from '../../app/router';
import type { AccessLogRecord } from '../../api/types';
import { milliseconds } from '../../format/numbers';
import { Badge } from '../../kit/badge';
import { Card } from '../../kit/card';
import styles from './record.module.css';

/** Each try against a backend. */
export function AttemptList({ record }: { record: AccessLogRecord }) {
  const { attempts, decision } = record;
  if (attempts.length === 0) return null;
  const urls = new Map(
    (decision?.picks ?? []).flatMap(({ candidates }) => candidates.map(({ backend, url }) => [backend, url])),
  );
  const nameOf = (backend: string) => urls.get(backend) ?? backend;
  return (
    <Card title="Attempts" note="each try against one backend" flush>
      <div className={styles.scroll}>
        <table className={styles.plain}>
          <thead>
            <tr>
              <th scope="col">Backend</th>
              <th scope="col">Outcome</th>
              <th scope="col">Status</th>
              <th scope="col" className="number">
                Connected in
              </th>
              <th scope="col" className="number">
                First byte after
              </th>
              <th scope="col" className="number">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- their order is all that tells them apart
              <tr key={index}>
                <th scope="row">
                  <BackendLink id={attempt.backend} name={nameOf(attempt.backend)} />
                </th>
                <td>
                  <Badge tone={attempt.outcome === 'ok' ? 'good' : 'bad'}>{attempt.outcome}</Badge>
                </td>
                <td>{attempt.status === 0 ? '–' : attempt.status}</td>
                <td className="number">{timeOf(attempt.connectUs, 'reused')}</td>
                <td className="number">{timeOf(attempt.firstByteUs, '–')}</td>
                <td className="number">{milliseconds(attempt.totalUs / 1000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

/** Its exchanges. */
function BackendLink({ id, name }: { id: string; name: string }) {
  return (
    <Link href={`/logs?backend=${id}`}>
      <code>{name}</code>
    </Link>
  );
}

function timeOf(us: number, none: string): string {
  return us === 0 ? none : milliseconds(us / 1000);
}
