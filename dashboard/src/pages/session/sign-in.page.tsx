import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '../../api/api';
import type { Principal } from '../../api/types';
import { beginSession } from '../../app/session';
import { Button } from '../../kit/button';
import { Notice } from '../../kit/condition';
import { Checkbox, Input } from '../../kit/field';
import styles from './sign-in.module.css';

/** Asks for a token. The address stays what it was: after signing in, the page that was wanted is shown. */
export function SignInPage({ notice }: { notice: string }) {
  const [token, setToken] = useState('');
  const [remember, setRemember] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    document.title = 'Sign in · Velocity';
    void isOpenToAll().then((principal) => principal && beginSession('', principal, false));
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const text = token.trim();
    if (text === '') return setProblem('Paste the token first.');
    setBusy(true);
    const outcome = await tried(text);
    setBusy(false);
    if (typeof outcome === 'string') setProblem(outcome);
    else beginSession(text, outcome, remember);
  };
  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <img src="/assets/icon.svg" alt="" width="40" height="40" />
        <h1>Sign in to Velocity</h1>
        {notice && <Notice tone="warn">{notice}</Notice>}
        <Input
          label="Token"
          type="password"
          autoComplete="current-password"
          autoFocus
          value={token}
          error={problem}
          hint="The balancer's own token is in the file of admin.tokenFile (data/admin.token); others are made with velocity token."
          onChange={(event) => {
            setToken(event.target.value);
            setProblem('');
          }}
        />
        <Checkbox
          label="Keep me signed in on this browser"
          checked={remember}
          onChange={(event) => setRemember(event.target.checked)}
        />
        <Button type="submit" look="primary" isBusy={isBusy}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

/** Who a token belongs to, or why it is none. It is no session yet, so it is asked without one. */
async function tried(token: string): Promise<Principal | string> {
  try {
    const response = await fetch('/api/v1/whoami', { headers: { authorization: `Bearer ${token}` } });
    const body: unknown = await response.json();
    if (response.ok) return body as Principal;
    if (response.status === 401)
      return 'This token is not known here: it may be mistyped, expired or revoked.';
    return (body as { detail?: string }).detail ?? `The balancer answered ${response.status}.`;
  } catch (error) {
    return error instanceof TypeError
      ? new ApiError(0, '', 'The balancer does not answer.').message
      : String(error);
  }
}

/** With `admin.authentication: off` nobody needs a token. */
async function isOpenToAll(): Promise<Principal | null> {
  const response = await fetch('/api/v1/whoami').catch(() => null);
  return response?.ok ? ((await response.json()) as Principal) : null;
}
