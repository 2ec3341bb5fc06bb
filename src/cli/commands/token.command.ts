import type { Caller, MadeToken, Token } from '../admin/answers.js';
import { ROUTES } from '../admin/admin.routes.js';
import { usageFailure } from '../command.failure.js';
import type { Session } from '../session.js';
import { ago, localTime } from '../terminal/amounts.js';
import type { Column } from '../terminal/table.js';
import { visible } from '../terminal/visible-text.js';

export interface TokenFlags {
  readonly role: string;
  /** How long it lives; undefined: until it is revoked. */
  readonly expires?: string;
}

/** Makes a token. Standard output is the token and nothing else, so that it can be kept by `$(...)` or `> file`. */
export async function createToken(
  { client, terminal }: Session,
  name: string,
  flags: TokenFlags,
): Promise<void> {
  const body = { name, role: flags.role, expires: flags.expires ?? null };
  const made = await client.send<MadeToken>('POST', ROUTES.tokens, { body });
  if (terminal.json) return terminal.printJson(made);
  terminal.print(made.token);
  const until = made.expiresAt === null ? 'until it is revoked' : `until ${localTime(made.expiresAt)}`;
  terminal.say(
    `Token ${made.name} (${made.role}), valid ${until}. It is shown this once: only a digest of it is kept.`,
  );
}

export async function listTokens({ client, terminal }: Session): Promise<void> {
  const { items } = await client.get<{ items: readonly Token[] }>(ROUTES.tokens);
  if (terminal.json) return terminal.printJson({ items });
  if (items.length === 0) return terminal.say('There are no tokens beside that of the balancer’s file.');
  terminal.printTable(columnsAt(Date.now()), items);
}

/** By name, or by id or the beginning of it. Throws a usage failure when none fits, or more than one. */
export async function revokeToken({ client, terminal }: Session, text: string): Promise<void> {
  const { items } = await client.get<{ items: readonly Token[] }>(ROUTES.tokens);
  const named = items.filter(({ name }) => name === text);
  const fitting =
    named.length > 0
      ? named
      : items.filter(({ id }) => text.length >= 4 && id.startsWith(text.toLowerCase()));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) {
    const problem = fitting.length === 0 ? 'There is no token' : 'More than one token fits';
    throw usageFailure(`${problem} ${JSON.stringify(text)}.`, ['`velocity token list` lists them.']);
  }
  await client.send('DELETE', ROUTES.token(only.id));
  if (terminal.json) terminal.printJson({ revoked: only });
  else terminal.print(`Token ${only.name} (${only.id}) is revoked: nobody gets in with it any more.`);
}

export async function showCaller({ client, terminal }: Session): Promise<void> {
  const caller = await client.get<Caller>(ROUTES.whoami);
  if (terminal.json) return terminal.printJson(caller);
  const which = caller.tokenId === null ? '' : `, token ${caller.tokenId}`;
  terminal.print(`${visible(caller.name)} (${caller.role}${which})`);
}

function columnsAt(now: number): readonly Column<Token>[] {
  return [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'ROLE', value: ({ role }) => role },
    { title: 'ID', value: ({ id }) => id },
    { title: 'MADE', value: ({ createdAt }) => localTime(createdAt) },
    { title: 'BY', value: ({ createdBy }) => createdBy, shrinksTo: 12 },
    {
      title: 'EXPIRES',
      value: ({ expiresAt }) => (expiresAt === null ? 'never' : localTime(expiresAt)),
      colour: ({ expiresAt }) => (expiresAt !== null && expiresAt < now ? 'red' : null),
    },
    { title: 'LAST USED', value: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : ago(lastUsedAt, now)) },
  ];
}
