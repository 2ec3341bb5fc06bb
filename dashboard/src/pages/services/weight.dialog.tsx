import { useState } from 'react';
import { call } from '../../api/api';
import { invalidate } from '../../api/query';
import type { Backend, Service } from '../../api/types';
import { percent } from '../../format/numbers';
import { Input } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';
import { CONFLICT, tagOf } from './backend.changes';

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
  const weight = Number(text);
  const isValid = text.trim() !== '' && Number.isInteger(weight) && weight >= 0 && weight <= MOST;
  const send = async () => {
    if (!isValid) return;
    await call('PATCH', place, { body: { weight }, ifMatch: await tag });
    invalidate(path);
    toast(`${backend.url} has the weight ${weight}.`);
    onClose();
  };
  return (
    <FormDialog
      title={`Weight of ${backend.url}`}
      verb="Change"
      noValidate
      send={send}
      reason={({ isConflict, message }) => (isConflict ? CONFLICT : message)}
      onClose={onClose}
    >
      {() => (
        <>
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
        </>
      )}
    </FormDialog>
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
