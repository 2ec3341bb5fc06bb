import { type FormEvent, useState } from 'react';
import { useQuery } from '../../api/query';
import type { BanCheck } from '../../api/types';
import { fullTime } from '../../format/times';
import { Badge, type Tone } from '../../kit/badge';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Input } from '../../kit/field';
import styles from './protection.module.css';

const VERDICTS: Readonly<Record<BanCheck['verdict'], { tone: Tone; label: string }>> = {
  served: { tone: 'good', label: 'is served' },
  allowed: { tone: 'good', label: 'is let in' },
  blocked: { tone: 'bad', label: 'is kept out' },
  shadow: { tone: 'warn', label: 'would be kept out' },
};

/** What happens to requests of an address, and why. */
export function AddressCheck() {
  const [address, setAddress] = useState('');
  const query = useQuery<BanCheck>(
    address === '' ? null : `/api/v1/bans/check?address=${encodeURIComponent(address)}`,
    { everyMs: 5_000 },
  );
  // A ban that was made or lifted since is in the next answer.
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAddress(String(new FormData(event.currentTarget).get('address')).trim());
    query.reload();
  };
  const wrong = query.error ? (query.error.issues[0]?.message ?? query.error.message) : '';
  return (
    <Card title="Check an address" note="what happens to it, and why">
      <form className={styles.check} onSubmit={submit}>
        <Input label="Client address" name="address" placeholder="203.0.113.7" required />
        <Button type="submit">Check</Button>
      </form>
      <div aria-live="polite">
        {wrong && <p className={styles.answer}>{wrong}</p>}
        {query.data && !wrong && <Answer check={query.data} />}
      </div>
    </Card>
  );
}

function Answer({ check: { address, verdict, reason, bans, lists } }: { check: BanCheck }) {
  const { tone, label } = VERDICTS[verdict];
  return (
    <div className={styles.answer}>
      <p>
        <code>{address}</code> <Badge tone={tone}>{label}</Badge>
      </p>
      <p>Because: {reason}.</p>
      {bans.length + lists.length > 1 && (
        <ul className={styles.list}>
          {bans.map(({ id, cidr, expiresAt, note }) => (
            <li key={id}>
              Ban of <code>{cidr}</code>
              <small>
                {expiresAt === null ? 'until it is lifted' : `until ${fullTime(expiresAt)}`}
                {note && `: ${note}`}
              </small>
            </li>
          ))}
          {lists.map(({ list, cidr, effect, note }) => (
            <li key={`${list} ${cidr}`}>
              <code>{cidr}</code> of {list}
              <small>
                {effect}
                {note && `: ${note}`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
