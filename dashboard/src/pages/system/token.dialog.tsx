import { useState } from 'react';
import { call, problemAt } from '../../api/api';
import { invalidate } from '../../api/query';
import type { MadeToken } from '../../api/types';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Dialog } from '../../kit/dialog';
import { Input, Select } from '../../kit/field';
import { FormDialog } from '../../kit/form-dialog';
import { toast } from '../../kit/toast';
import styles from './system.module.css';

/** Makes a token, and shows it this once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<MadeToken | null>(null);
  return made ? <Made made={made} onClose={onClose} /> : <Make onMade={setMade} onClose={onClose} />;
}

function Make({ onMade, onClose }: { onMade: (made: MadeToken) => void; onClose: () => void }) {
  const send = async (form: FormData) => {
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const body = { name: text('name'), role: text('role'), expires: text('expires') || null };
    const { body: made } = await call<MadeToken>('POST', '/api/v1/tokens', { body });
    invalidate('/api/v1/tokens');
    onMade(made);
  };
  return (
    <FormDialog title="Make a token" verb="Make it" needs="admin" send={send} onClose={onClose}>
      {(error) => (
        <>
          <Input
            label="Name"
            name="name"
            required
            autoFocus
            placeholder="ci-deploy"
            hint="Whose it is: author of revisions."
            error={problemAt(error, 'name')}
          />
          <Select label="Role" name="role" error={problemAt(error, 'role')}>
            <option value="viewer">viewer: reads</option>
            <option value="operator">operator: also changes services</option>
            <option value="admin">admin: also makes tokens</option>
          </Select>
          <Input
            label="Expires after"
            name="expires"
            defaultValue="90d"
            hint="Such as 12h or 90d. Empty: never."
            error={problemAt(error, 'expires')}
          />
        </>
      )}
    </FormDialog>
  );
}

function Made({ made, onClose }: { made: MadeToken; onClose: () => void }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(made.token).then(
      () => setCopied(true),
      () => toast('The browser does not allow copying: select the token and copy it.', 'bad'),
    );
  return (
    <Dialog
      title={`The token of ${made.name}`}
      onClose={onClose}
      actions={
        <>
          <Button icon={isCopied ? 'check' : undefined} onClick={() => void copy()}>
            {isCopied ? 'Copied' : 'Copy'}
          </Button>
          <Button look="primary" onClick={onClose}>
            I have kept it
          </Button>
        </>
      }
    >
      <Notice tone="warn">It is shown this once: only its digest is kept.</Notice>
      <code className={styles.secret}>{made.token}</code>
    </Dialog>
  );
}
