import { type FormEvent, useState } from 'react';
import { ApiError, call } from '../../api/api';
import { invalidate } from '../../api/query';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Checkbox, Input } from '../../kit/field';
import { toast } from '../../kit/toast';
import styles from './services.module.css';

/** `path`: of the service, in the API. */
export function AddBackendDialog({ path, onClose }: { path: string; onClose: () => void }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const url = String(form.get('url') ?? '').trim();
    const body = { url, weight: Number(form.get('weight')), backup: form.get('backup') !== null };
    setBusy(true);
    try {
      await call('POST', `${path}/backends`, { body });
      invalidate(path);
      toast(`${url} takes requests as soon as its first probe has passed.`);
      onClose();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, '', String(failure)));
      setBusy(false);
    }
  };
  const wrong = (field: string) => error?.issues.find(({ path: at }) => at.startsWith(field))?.message ?? '';
  return (
    <Dialog
      title="Add a backend"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="add-backend" look="primary" isBusy={isBusy}>
            Add
          </Button>
        </>
      }
    >
      <form id="add-backend" className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {error && <Notice tone="bad">{error.message}</Notice>}
        <Input label="URL" name="url" placeholder="http://10.0.0.7:8080" autoFocus error={wrong('url')} />
        <Input
          label="Weight"
          name="weight"
          type="number"
          min={0}
          max={1000}
          defaultValue={1}
          error={wrong('weight')}
        />
        <Checkbox label="Backup: used only while no other backend is available" name="backup" />
        <p className="muted">
          It takes requests as soon as its first probe has passed. The others then get less.
        </p>
      </form>
    </Dialog>
  );
}
