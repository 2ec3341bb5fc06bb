import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { VelocityError } from '../../../common/errors/index.js';
import { AccessToken } from './access-token.js';

const TOKEN_BYTES = 32;
/** The characters of a bearer credential (RFC 6750 section 2.1); shorter ones could be guessed. */
const TOKEN_FORM = /^[A-Za-z0-9\-._~+/]{32,512}=*$/;

/**
 * Reads the token of the admin API, or makes one at the first start (32 random bytes, base64url; file mode 0600, its
 * directory 0700). A file that others can read is tightened, with a notice.
 * Throws TOKEN_UNUSABLE when the file cannot be read or written or holds no token.
 */
export function openTokenFile(path: string, notice: (message: string) => void): AccessToken {
  const made = makeToken(path);
  if (made !== null) return new AccessToken(made);
  const token = readToken(path);
  tighten(path, notice);
  return new AccessToken(token);
}

/** null: the file exists already. Made exclusively: of two balancers that start together, one makes it, both read it. */
function makeToken(path: string): string | null {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${token}\n`, { flag: 'wx', mode: 0o600 });
    return token;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && isFile(path)) return null;
    throw unusable(
      path,
      `cannot be made (${codeOf(error)}): give its directory to the user that runs the balancer, or set admin.tokenFile`,
      error,
    );
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readToken(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(
      path,
      `cannot be read (${codeOf(error)}): give it to the user that runs the balancer`,
      error,
    );
  }
  const token = text.trim();
  if (token === '') throw unusable(path, 'is empty: remove it, and the next start makes a new token');
  if (TOKEN_FORM.test(token)) return token;
  throw unusable(
    path,
    'holds no token (one line of at least 32 letters, digits and -._~+/ is expected): remove it, and the next start makes a new one',
  );
}

function tighten(path: string, notice: (message: string) => void): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  const before = `The admin token file ${path} could be read by others (mode ${mode.toString(8).padStart(4, '0')})`;
  try {
    chmodSync(path, 0o600);
    notice(`${before}; it is 0600 now. Remove the file and start again if somebody may have read it.`);
  } catch (error) {
    notice(`${before} and cannot be tightened (${codeOf(error)}); set its mode to 0600.`);
  }
}

function unusable(path: string, what: string, cause?: unknown): VelocityError {
  return new VelocityError('TOKEN_UNUSABLE', `The admin token file ${path} ${what}.`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
