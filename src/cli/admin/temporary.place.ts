import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { VelocityError } from '../../common/errors/index.js';

const TOKEN = 'admin.token';
const PORT = 'admin.port';

/**
 * Where a balancer without a configuration keeps its token and its store: a folder of its own below the system's for
 * temporary files, gone when it ends. Commands find the token there by the port of the admin API.
 */
export class TemporaryPlace {
  readonly tokenFile: string;
  readonly storeFile: string;

  private constructor(readonly folder: string) {
    this.tokenFile = join(folder, TOKEN);
    this.storeFile = join(folder, 'velocity.db');
  }

  /** Throws TOKEN_UNUSABLE when the common folder belongs to somebody else, who could have put a token there. */
  static make(): TemporaryPlace {
    const common = commonFolder();
    mkdirSync(common, { recursive: true, mode: 0o700 });
    if (!isOurs(common)) {
      throw new VelocityError(
        'TOKEN_UNUSABLE',
        `The folder ${common} belongs to another user or is open to others: remove it, or name a folder with --data.`,
      );
    }
    for (const name of readdirSync(common)) if (!isRunning(name)) remove(join(common, name));
    const folder = join(common, String(process.pid));
    remove(folder);
    mkdirSync(folder, { mode: 0o700 });
    return new TemporaryPlace(folder);
  }

  /** From now on commands find it. */
  announce(adminPort: number): void {
    writeFileSync(join(this.folder, PORT), String(adminPort), { mode: 0o600 });
  }

  remove(): void {
    remove(this.folder);
  }
}

/** The token of the balancer without a configuration whose admin API has this port; null: there is none. */
export function temporaryTokenOf(adminPort: number): string | null {
  const common = commonFolder();
  try {
    if (!isOurs(common)) return null;
    const folders = readdirSync(common).filter(isRunning);
    const folder = folders.find(
      (name) => readFileSync(join(common, name, PORT), 'utf8') === String(adminPort),
    );
    return folder === undefined ? null : readFileSync(join(common, folder, TOKEN), 'utf8').trim();
  } catch {
    // Nothing runs from there, or what did is ending just now.
    return null;
  }
}

function commonFolder(): string {
  return join(tmpdir(), `velocity-${userInfo().uid}`);
}

/** Only then is what lies there ours: on Windows, the user's own folder for temporary files. */
function isOurs(folder: string): boolean {
  const stats = lstatSync(folder);
  if (process.platform === 'win32') return stats.isDirectory();
  return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
}

/** Folders are named by process id. */
function isRunning(name: string): boolean {
  try {
    process.kill(Number(name), 0);
    return true;
  } catch {
    return false;
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
