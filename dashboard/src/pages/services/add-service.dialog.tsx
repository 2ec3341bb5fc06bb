import { type FormEvent, useState } from 'react';
import { ApiError, call } from '../../api/api';
import { invalidate } from '../../api/query';
import { navigate } from '../../app/router';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Input, Select } from '../../kit/field';
import { toast } from '../../kit/toast';
import styles from './services.module.css';

const ALGORITHMS = [
  'round-robin',
  'weighted-round-robin',
  'least-connections',
  'sticky-round-robin',
] as const;

/** A service with what every one needs; the rest has defaults, and can be set in the configuration. */
export function AddServiceDialog({ onClose }: { onClose: () => void }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = definitionOf(form);
    setBusy(true);
    try {
      await call('POST', '/api/v1/services', { body });
      invalidate('/api/v1/services');
      toast(`${body.name} serves as soon as a backend has passed its first probe.`);
      onClose();
      navigate(`/services/${encodeURIComponent(body.name)}`);
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, '', String(failure)));
      setBusy(false);
    }
  };
  const wrong = (field: string) => error?.issues.find(({ path }) => path.startsWith(field))?.message ?? '';
  return (
    <Dialog
      title="Add a service"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="add-service" look="primary" isBusy={isBusy}>
            Add
          </Button>
        </>
      }
    >
      <form id="add-service" className={styles.form} onSubmit={(event) => void submit(event)}>
        {error && <Notice tone="bad">{error.message}</Notice>}
        <Input label="Name" name="name" required autoFocus error={wrong('name')} />
        <Input
          label="Hosts"
          name="hosts"
          hint="Separated by spaces, such as shop.example.com *.shop.example.com. Empty: any host."
          error={wrong('hosts')}
        />
        <Input
          label="Paths"
          name="paths"
          hint="Separated by spaces. Empty: every path."
          error={wrong('paths')}
        />
        <Select label="Algorithm" name="algorithm" error={wrong('algorithm')}>
          {ALGORITHMS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        <Input
          label="Backends"
          name="backends"
          required
          placeholder="http://10.0.0.7:8080"
          hint="URLs, separated by spaces."
          error={wrong('backends')}
        />
      </form>
    </Dialog>
  );
}

function definitionOf(form: FormData) {
  const words = (name: string) =>
    String(form.get(name) ?? '')
      .split(/[\s,]+/)
      .filter(Boolean);
  const [hosts, paths] = [words('hosts'), words('paths')];
  return {
    name: String(form.get('name') ?? '').trim(),
    algorithm: String(form.get('algorithm')),
    backends: words('backends'),
    ...(hosts.length > 0 ? { hosts } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  };
}
