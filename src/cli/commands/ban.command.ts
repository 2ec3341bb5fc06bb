import { readFile } from 'node:fs/promises';
import type { Ban, BanCheck } from '../admin/answers.js';
import { ROUTES } from '../admin/admin.routes.js';
import { CommandFailure, usageFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import type { Session } from '../session.js';
import { counted, localTime } from '../terminal/amounts.js';
import type { Column } from '../terminal/table.js';
import { visible } from '../terminal/visible-text.js';
import { readAll, STANDARD_INPUT } from './standard-input.js';

/** As many as the API takes in one request. */
const BATCH = 1_000;
/** Bans that are named one by one in the answer. */
const MAX_NAMED = 10;

export interface BanFlags {
  /** How long; undefined: until they are lifted. */
  readonly for?: string;
  readonly note?: string;
  /** One network per line. */
  readonly file?: string;
  readonly shadow?: boolean;
  readonly force?: boolean;
}

export interface BanListFlags {
  readonly address?: string;
  readonly cidr?: string;
  readonly origin?: string;
}

/** Bans networks from the arguments and from a file. */
export async function banNetworks(
  session: Session,
  networks: readonly string[],
  { file, ...flags }: BanFlags,
): Promise<void> {
  const { client, terminal } = session;
  const all = [...networks, ...(file === undefined ? [] : await readNetworks(session, file))];
  if (all.length === 0)
    throw usageFailure('Name addresses or networks to ban, or a file of them with --file.');
  const made: Ban[] = [];
  for (let from = 0; from < all.length; from += BATCH) {
    const body = { cidr: all.slice(from, from + BATCH), ...flags, for: flags.for ?? null };
    const { items } = await client.send<{ items: readonly Ban[] }>('POST', ROUTES.bans, { body });
    made.push(...items);
  }
  if (terminal.json) return terminal.printJson({ items: made });
  if (made.length > MAX_NAMED) terminal.print(`Banned ${counted(made.length, 'network')}.`);
  else for (const ban of made) terminal.print(`Banned ${ban.cidr} ${lengthOf(ban)}.`);
  if (made.some((ban) => !ban.isStored)) {
    terminal.notice('the store is away: the bans apply at this balancer, and are stored when it is back');
  }
}

/** Lifts the bans of networks, one after the other. */
export async function unbanNetworks(session: Session, networks: readonly string[]): Promise<void> {
  const { client, terminal } = session;
  for (const cidr of networks) {
    await client.send('DELETE', ROUTES.bans, { query: { cidr } });
    if (!terminal.json) terminal.print(`${cidr} is banned no more.`);
  }
  if (terminal.json) terminal.printJson({ lifted: networks });
}

/** The newest last, as the eye stays there. */
export async function listBans({ client, terminal }: Session, flags: BanListFlags): Promise<void> {
  const bans = await client.all<Ban>(ROUTES.bans, { query: { ...flags, limit: BATCH } });
  bans.reverse();
  if (terminal.json) return terminal.printJson({ items: bans });
  if (bans.length === 0) return terminal.say('Nobody is banned there.');
  terminal.printTable(COLUMNS, bans);
}

/** Resolves with 1 when requests of the address are refused. */
export async function checkAddress({ client, terminal }: Session, address: string): Promise<number> {
  const check = await client.get<BanCheck>(ROUTES.banCheck, { query: { address } });
  const code = check.verdict === 'blocked' ? ExitCode.failed : ExitCode.ok;
  if (terminal.json) {
    terminal.printJson(check);
    return code;
  }
  terminal.print(`${check.address} ${VERDICTS[check.verdict]}: ${visible(check.reason)}.`);
  return code;
}

const VERDICTS: Readonly<Record<BanCheck['verdict'], string>> = {
  served: 'is served',
  allowed: 'is served',
  blocked: 'is kept out',
  shadow: 'is served, though it would be kept out',
};

function lengthOf({ expiresAt, shadow }: Ban): string {
  const until = expiresAt === null ? 'until it is lifted' : `until ${localTime(expiresAt)}`;
  return shadow ? `${until}, in shadow: nobody is kept out` : until;
}

/** Networks of a text: one per line, `#` begins a comment. */
async function readNetworks({ streams }: Session, file: string): Promise<readonly string[]> {
  const text = await readText(streams.stdin, file);
  return text.split('\n').flatMap((line) => line.split('#')[0]!.trim() || []);
}

async function readText(stdin: AsyncIterable<Buffer | string>, file: string): Promise<string> {
  try {
    if (file !== STANDARD_INPUT) return await readFile(file, 'utf8');
    return (await readAll(stdin)).toString();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(`${file} cannot be read: ${code ?? message}.`, {
      exitCode: ExitCode.invalid,
      code: 'FILE_UNREADABLE',
      cause: error,
    });
  }
}

const COLUMNS: readonly Column<Ban>[] = [
  { title: 'NETWORK', value: ({ cidr }) => cidr },
  { title: 'SINCE', value: ({ createdAt }) => localTime(createdAt) },
  { title: 'UNTIL', value: ({ expiresAt }) => (expiresAt === null ? 'lifted' : localTime(expiresAt)) },
  {
    title: 'MODE',
    value: ({ shadow }) => (shadow ? 'shadow' : 'enforce'),
    colour: ({ shadow }) => (shadow ? 'yellow' : null),
  },
  {
    title: 'BY',
    value: ({ origin, rule, author }) => (origin === 'rule' ? `rule ${rule}` : author),
    shrinksTo: 12,
  },
  { title: 'TIMES', value: ({ offences }) => (offences === 0 ? '-' : String(offences)), align: 'right' },
  { title: 'NOTE', value: ({ note }) => note, shrinksTo: 12 },
];
