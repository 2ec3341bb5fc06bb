import { readFileSync } from 'node:fs';
import type { Environment } from '../../common/config/index.js';
import { isLoopback } from '../../common/config/units/loopback.js';
import { CommandFailure, usageFailure } from '../command.failure.js';
import { ExitCode } from '../exit-code.js';
import { temporaryTokenOf } from './temporary.place.js';

export const DEFAULT_ADMIN = 'http://127.0.0.1:3000';
export const DEFAULT_TOKEN_FILE = 'data/admin.token';

/** How the admin API and the right to use it were named on the command line. */
export interface AdminFlags {
  readonly admin?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
}

/** Which admin API, and with what it is called. */
export interface AdminTarget {
  /** Without a slash at its end. */
  readonly url: string;
  /** null: none was found; some balancers answer all the same. */
  readonly token: string | null;
  /** Where a token was looked for, for the message when one is needed. */
  readonly tokenSources: string;
  /** PEM text to trust instead of the system's authorities; null: the system's. */
  readonly ca: string | null;
}

/** Flags come before variables, and those before the defaults. Throws a usage failure that names what is wrong. */
export function readAdminTarget(flags: AdminFlags, env: Environment): AdminTarget {
  const url = readUrl(flags.admin ?? env['VELOCITY_ADMIN'] ?? DEFAULT_ADMIN);
  const caFile = flags.ca ?? env['VELOCITY_CA'];
  return {
    url: url.href.replace(/\/+$/, ''),
    ...readToken(flags, env, url),
    ca: caFile ? readFile(caFile, 'certificate file', '--ca or VELOCITY_CA') : null,
  };
}

/** `3000`, `:3000`, `host:3000` or a whole URL. */
function readUrl(text: string): URL {
  const isPort = /^:?\d+$/.test(text);
  const written = isPort ? `http://127.0.0.1:${text.replace(':', '')}` : text;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`);
  // What carries a password is not repeated.
  if (url !== null && (url.username !== '' || url.password !== '')) {
    throw usageFailure(
      'The URL of the admin API must not carry a user name or password: the token is its key.',
    );
  }
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.search || url.hash) {
    throw usageFailure(`${JSON.stringify(text)} is no URL of an admin API.`, [
      `Write for example --admin ${DEFAULT_ADMIN} or --admin https://velocity.example.com:3000.`,
    ]);
  }
  return url;
}

type FoundToken = Pick<AdminTarget, 'token' | 'tokenSources'>;

function readToken(flags: AdminFlags, env: Environment, url: URL): FoundToken {
  if (flags.token !== undefined) return found(flags.token, '--token');
  if (flags.tokenFile !== undefined) return fromFile(flags.tokenFile, '--token-file');
  const variable = env['VELOCITY_TOKEN'];
  if (variable) return found(variable, 'VELOCITY_TOKEN');
  const file = env['VELOCITY_TOKEN_FILE'];
  if (file) return fromFile(file, 'VELOCITY_TOKEN_FILE');
  return localToken(url);
}

/** The token of a balancer on this machine is for that one: it is not sent elsewhere unless somebody says so. */
function localToken(url: URL): FoundToken {
  if (!isLoopback(url.hostname)) {
    return {
      token: null,
      tokenSources: `${url.hostname} is not this machine, so ${DEFAULT_TOKEN_FILE} was not used`,
    };
  }
  const temporary = temporaryTokenOf(portOf(url));
  if (temporary !== null) return found(temporary, 'the file of the balancer that runs there');
  try {
    return found(readFileSync(DEFAULT_TOKEN_FILE, 'utf8').trim(), DEFAULT_TOKEN_FILE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'is not here' : `cannot be read (${code})`;
    return { token: null, tokenSources: `${DEFAULT_TOKEN_FILE} ${why}` };
  }
}

function fromFile(path: string, source: string): FoundToken {
  return found(readFile(path, 'token file', source).trim(), `${path} (${source})`);
}

function found(token: string, source: string): FoundToken {
  // It becomes a header field: anything else would be refused there without saying which text was meant.
  if (!/^[\x21-\x7e]+$/.test(token)) throw usageFailure(`${source} holds no token.`);
  return { token, tokenSources: source };
}

function readFile(path: string, what: string, source: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure(`The ${what} ${path} of ${source} cannot be read (${code}).`, {
      exitCode: ExitCode.invalid,
      code: 'USAGE',
      cause: error,
    });
  }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
