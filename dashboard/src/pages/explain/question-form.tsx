import { useState } from 'react';
import { type ApiError, problemAt } from '../../api/api';
import { Button } from '../../kit/button';
import { Card } from '../../kit/card';
import { Input, Select } from '../../kit/field';
import styles from './explain.module.css';
import type { Question } from './question';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface QuestionFormProps {
  readonly question: Question;
  /** What the balancer finds wrong is shown at its field. */
  readonly error: ApiError | null;
  readonly onAsk: (question: Question) => void;
}

export function QuestionForm({ question, error, onAsk }: QuestionFormProps) {
  const [asked, setAsked] = useState(question);
  const [ipMissing, setIpMissing] = useState(false);
  const change = (part: Partial<Question>) => setAsked({ ...asked, ...part });
  const methods = METHODS.includes(asked.method) ? METHODS : [...METHODS, asked.method];
  const text = (name: 'host' | 'path' | 'ip') => ({
    value: asked[name],
    error: problemAt(error, name),
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => change({ [name]: event.target.value }),
  });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setIpMissing(asked.ip.trim() === '');
    if (asked.ip.trim() !== '') onAsk({ ...asked, ip: asked.ip.trim(), host: asked.host.trim() });
  };
  const ip = text('ip');
  return (
    <Card>
      <form className={styles.form} aria-label="The request" onSubmit={submit}>
        <div className={styles.line}>
          <Select
            label="Method"
            value={asked.method}
            error={problemAt(error, 'method')}
            onChange={(event) => change({ method: event.target.value })}
          >
            {methods.map((method) => (
              <option key={method}>{method}</option>
            ))}
          </Select>
          <Input label="Host" placeholder="shop.example.com" {...text('host')} />
          <Input label="Path" placeholder="/cart?id=7" {...text('path')} />
          <Input
            label="Client address"
            placeholder="192.0.2.7"
            {...ip}
            error={
              ipMissing && asked.ip.trim() === '' ? 'is missing: where does the request come from?' : ip.error
            }
          />
        </div>
        <Headers
          headers={asked.headers}
          error={problemAt(error, 'header')}
          onChange={(headers) => change({ headers })}
        />
        <div className="row">
          <Button type="submit" look="primary">
            What would happen
          </Button>
          <Button icon="plus" onClick={() => change({ headers: [...asked.headers, ''] })}>
            Add a header
          </Button>
        </div>
      </form>
    </Card>
  );
}

interface HeadersProps {
  readonly headers: readonly string[];
  readonly error: string;
  readonly onChange: (headers: readonly string[]) => void;
}

function Headers({ headers, error, onChange }: HeadersProps) {
  if (headers.length === 0) return null;
  return (
    <div className={styles.headers}>
      {headers.map((header, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- their order is all that tells them apart
        <div key={index} className={styles.header}>
          <Input
            label={`Header ${index + 1}`}
            quietLabel
            placeholder="X-Tenant: acme"
            value={header}
            error={index === 0 ? error : ''}
            onChange={(event) => onChange(headers.with(index, event.target.value))}
          />
          <Button
            look="quiet"
            icon="close"
            aria-label={`Remove header ${index + 1}`}
            onClick={() => onChange(headers.toSpliced(index, 1))}
          />
        </div>
      ))}
    </div>
  );
}
