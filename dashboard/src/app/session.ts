import type { Principal, Role } from '../api/types';
import { External, useExternal } from './external';

const KEY = 'velocity.token';
const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** `checking`: a kept token is tried. `out`: nobody is signed in, `notice` says why if there is a reason. */
export type Session =
  | { readonly phase: 'checking'; readonly token: string }
  | { readonly phase: 'out'; readonly notice: string }
  | { readonly phase: 'in'; readonly token: string; readonly principal: Principal };

export const session = new External<Session>(firstSession());

export function tokenOfSession(): string {
  const now = session.get();
  return now.phase === 'out' ? '' : now.token;
}

/** Keeps the token in this tab, or in this browser (`remember`), and shows the pages. */
export function beginSession(token: string, principal: Principal, remember: boolean): void {
  forget();
  keep(remember ? 'localStorage' : 'sessionStorage', token);
  session.set({ phase: 'in', token, principal });
}

/** Whether the token is kept in this browser, beyond the tab. */
export function isRemembered(): boolean {
  return kept('localStorage') !== '';
}

/** Forgets the token and leads to the sign-in page, which shows the notice. The address stays, to come back to. */
export function endSession(notice = ''): void {
  forget();
  session.set({ phase: 'out', notice });
}

export interface Permission {
  readonly isAllowed: boolean;
  /** For whom it is not allowed: why. */
  readonly reason: string;
}

/** Whether who is signed in may do what needs a role. */
export function usePermission(needed: Role = 'viewer'): Permission {
  const now = useExternal(session);
  const role = now.phase === 'in' ? now.principal.role : 'viewer';
  if (RANKS[role] >= RANKS[needed]) return { isAllowed: true, reason: '' };
  return { isAllowed: false, reason: `Needs the role ${needed}; you are signed in as ${role}.` };
}

/** Takes a token out of the link that the start prints (`#token=...`), and out of the address bar and history at once. */
function firstSession(): Session {
  const linked = new URLSearchParams(location.hash.slice(1)).get('token');
  if (linked !== null) history.replaceState(null, '', location.pathname + location.search);
  const token = linked || kept('sessionStorage') || kept('localStorage');
  return token ? { phase: 'checking', token } : { phase: 'out', notice: '' };
}

type Storage = 'sessionStorage' | 'localStorage';

/** Storage may be forbidden by the browser: then a token lives as long as the page. */
function kept(storage: Storage): string {
  try {
    return window[storage].getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

function keep(storage: Storage, token: string): void {
  try {
    window[storage].setItem(KEY, token);
  } catch {
    // Forbidden: see above.
  }
}

function forget(): void {
  for (const storage of ['sessionStorage', 'localStorage'] as const) {
    try {
      window[storage].removeItem(KEY);
    } catch {
      // Forbidden: see above.
    }
  }
}
