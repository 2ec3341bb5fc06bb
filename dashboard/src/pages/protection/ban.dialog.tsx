import { useId } from 'react';
import { type ApiError, call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import { plural } from '../../format/numbers';
import { Checkbox, Input } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';
import styles from './protection.module.css';

/** Bans addresses and networks. `address`: what is already known of whom. */
export function BanDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const send = async (form: FormData) => {
    const body = bodyOf(form);
    await call('POST', '/api/v1/bans', { body });
    invalidate('/api/v1/bans');
    invalidate('/api/v1/status');
    toast(`${plural(body.cidr.length, 'network')} banned${body.shadow ? ', in shadow' : ''}.`);
    onClose();
  };
  return (
    <FormDialog
      title="Ban"
      verb="Ban"
      isDangerous
      needs="operator"
      send={send}
      reason={reasonOf}
      onClose={onClose}
    >
      {(error) => (
        <>
          <Networks address={address} />
          <Input
            label="For"
            name="for"
            defaultValue="1h"
            hint="Such as 10m, 1h or 7d. Empty: until it is lifted."
            error={problemAt(error, 'for')}
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
        </>
      )}
    </FormDialog>
  );
}

/** With what is wrong with other fields than the time, which says it itself. */
function reasonOf({ message, issues }: ApiError) {
  const others = issues.filter(({ path }) => path !== 'for');
  return (
    <>
      {message}
      {others.map((issue) => (
        <div key={issue.path}>{issue.message}</div>
      ))}
    </>
  );
}

function Networks({ address }: { address: string }) {
  const id = useId();
  return (
    <div className={styles.networks}>
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
