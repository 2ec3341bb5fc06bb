import { type FormEvent, useId, useState } from 'react';
import { ApiError, call } from '../../api/api';
import { invalidate } from '../../api/query';
import { plural } from '../../format/numbers';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Checkbox, Input } from '../../kit/field';
import { toast } from '../../kit/toast';
import styles from './protection.module.css';

/** Bans addresses and networks. `address`: what is already known of whom. */
export function BanDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = bodyOf(new FormData(event.currentTarget));
    setBusy(true);
    try {
      await call('POST', '/api/v1/bans', { body });
      invalidate('/api/v1/bans');
      invalidate('/api/v1/status');
      toast(`${plural(body.cidr.length, 'network')} banned${body.shadow ? ', in shadow' : ''}.`);
      onClose();
    } catch (failure) {
      setBusy(false);
      setError(failure instanceof ApiError ? failure : new ApiError(0, '', String(failure)));
    }
  };
  return (
    <Dialog
      title="Ban"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="ban" look="danger" needs="operator" isBusy={isBusy}>
            Ban
          </Button>
        </>
      }
    >
      <form id="ban" className={styles.form} onSubmit={(event) => void submit(event)}>
        {error && <Refusal error={error} />}
        <Networks address={address} />
        <Input
          label="For"
          name="for"
          defaultValue="1h"
          hint="Such as 10m, 1h or 7d. Empty: until it is lifted."
          error={error?.issues.find(({ path }) => path === 'for')?.message ?? ''}
        />
        <Input label="Why" name="note" maxLength={1000} />
        <Checkbox label="In shadow: keep nobody out, log and count what it would do" name="shadow" />
        <Checkbox
          label="Also when it holds trusted proxies, this machine or very many addresses"
          name="force"
        />
        <p className="muted">
          Requests from there are answered 403 (blocked), at once here and within two seconds at other
          balancers of the same store. Allowlists go before it.
        </p>
      </form>
    </Dialog>
  );
}

function Refusal({ error }: { error: ApiError }) {
  const others = error.issues.filter(({ path }) => path !== 'for');
  return (
    <Notice tone="bad">
      {error.message}
      {others.map(({ path, message }) => (
        <div key={path}>{message}</div>
      ))}
    </Notice>
  );
}

function Networks({ address }: { address: string }) {
  const id = useId();
  return (
    <div className={styles.form}>
      <label htmlFor={id}>Addresses or networks</label>
      <textarea
        id={id}
        name="cidr"
        required
        autoFocus
        spellCheck={false}
        className={styles.area}
        placeholder={'203.0.113.7\n198.51.100.0/24'}
        defaultValue={address}
      />
    </div>
  );
}

function bodyOf(form: FormData) {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  return {
    cidr: text('cidr')
      .split(/[\s,]+/)
      .filter(Boolean),
    for: text('for') || null,
    note: text('note'),
    shadow: form.has('shadow'),
    force: form.has('force'),
  };
}
