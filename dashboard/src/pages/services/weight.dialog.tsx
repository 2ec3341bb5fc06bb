import { type FormEvent, useState } from 'react';
import { ApiError, call } from '../../api/api';
import { invalidate } from '../../api/query';
import type { Backend, Service } from '../../api/types';
import { percent } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Input } from '../../kit/field';
import { toast } from '../../kit/toast';
import { CONFLICT, tagOf } from './backend.changes';
import styles from './services.module.css';

const MOST = 1000;

interface WeightDialogProps {
  readonly backend: Backend;
  readonly service: Service;
  readonly path: string;
  readonly onClose: () => void;
}

export function WeightDialog({ backend, service, path, onClose }: WeightDialogProps) {
  const place = `${path}/backends/${backend.id}`;
  const [tag] = useState(() => tagOf(place));
  const [text, setText] = useState(String(backend.weight));
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const weight = Number(text);
  const isValid = text.trim() !== '' && Number.isInteger(weight) && weight >= 0 && weight <= MOST;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isValid) return;
    setBusy(true);
    try {
      await call('PATCH', place, { body: { weight }, ifMatch: await tag });
      invalidate(path);
      toast(`${backend.url} has the weight ${weight}.`);
      onClose();
    } catch (error) {
      setBusy(false);
      setProblem(error instanceof ApiError && error.isConflict ? CONFLICT : String((error as Error).message));
    }
  };
  return (
    <Dialog
      title={`Weight of ${backend.url}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="weight" look="primary" isBusy={isBusy}>
            Change
          </Button>
        </>
      }
    >
      <form id="weight" className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {problem && <Notice tone="bad">{problem}</Notice>}
        <Input
          label="Weight"
          type="number"
          min={0}
          max={MOST}
          value={text}
          autoFocus
          error={isValid ? '' : `A whole number from 0 to ${MOST}; 0 takes no requests.`}
          onChange={(event) => setText(event.target.value)}
        />
        {isValid && <p className="muted">{effectOf(service, backend, weight)}</p>}
      </form>
    </Dialog>
  );
}

function effectOf({ backends, effective }: Service, { id, weight }: Backend, next: number): string {
  const others = backends.reduce(
    (sum, one) => sum + (one.available && !one.backup && one.id !== id ? one.weight : 0),
    0,
  );
  const share = (own: number) => (own + others === 0 ? 'none' : percent(own / (own + others)));
  const note = effective.algorithm.name.includes('weighted')
    ? ''
    : ` The algorithm ${effective.algorithm.name} may not look at weights.`;
  return `Of what is available now it is given ${share(weight)} today and ${share(next)} then.${note}`;
}
