import { Suspense, useEffect } from 'react';
import { ApiError, call } from '../api/api';
import type { Principal } from '../api/types';
import { Button } from '../kit/button';
import { Empty, Skeleton } from '../kit/condition';
import { ConfirmationHost } from '../kit/confirmation';
import { Page } from '../kit/page';
import { ToastHost } from '../kit/toast';
import { PAGES } from '../pages/pages';
import { SignInPage } from '../pages/session/sign-in.page';
import { Catcher } from './catcher';
import { useExternal } from './external';
import { Layout } from './layout';
import { matchPath, navigate, usePlace } from './router';
import { beginSession, endSession, isRemembered, session } from './session';
import { ShortcutHost } from './shortcuts';

export function App() {
  const now = useExternal(session);
  const unchecked = now.phase === 'checking' ? now.token : null;
  useEffect(() => {
    if (unchecked !== null) void check(unchecked);
  }, [unchecked]);
  if (now.phase === 'checking') return <Skeleton lines={6} label="Signing in" />;
  if (now.phase === 'out') return <SignInPage notice={now.notice} />;
  return (
    <>
      <Layout>
        <CurrentPage />
      </Layout>
      <ConfirmationHost />
      <ShortcutHost />
      <ToastHost />
    </>
  );
}

function CurrentPage() {
  const { path } = usePlace();
  for (const { path: pattern, page: Shown } of PAGES) {
    const parameters = matchPath(pattern, path);
    if (parameters === null) continue;
    return (
      <Catcher key={path}>
        <Suspense fallback={<Skeleton lines={8} label="Loading the page" />}>
          <Shown parameters={parameters} />
        </Suspense>
      </Catcher>
    );
  }
  return (
    <Page title="Not found">
      <Empty
        title="There is no such page"
        action={<Button onClick={() => navigate('/')}>To the overview</Button>}
      >
        {path}
      </Empty>
    </Page>
  );
}

/** Tries a token that was kept or that came with the link. */
async function check(token: string): Promise<void> {
  try {
    const { body } = await call<Principal>('GET', '/api/v1/whoami');
    beginSession(token, body, isRemembered());
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) endSession(error.message);
  }
}
