import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { VelocityError } from '../../../../common/errors/index.js';
import { MARK } from './host.processes.js';

const ENTRY = '.json';
const NEXT = '.next';
/** Logs of processes that have ended, of each service. */
const KEPT_LOGS = 5;
/** No write of an entry takes that long: what is left was cut off. */
const STALE_MS = 60_000;

const owner = z.object({ pid: z.int().positive(), started: z.string() });
const entry = z.object({
  /** Also the mark in the environment of the process. */
  id: z.string().regex(MARK),
  service: z.string(),
  /** Digest of the settings that it was started with. */
  print: z.string(),
  port: z.number(),
  /** null: it is about to be started, or was not known when that was written. */
  pid: z.int().min(2).nullable(),
  /** As the host says it; null with a pid: not known yet. */
  started: z.string().nullable(),
  startedAt: z.number(),
  stopMs: z.number(),
  /** null: its port has not accepted yet. */
  url: z.string().nullable(),
  /** The balancer that looks after it; null: handed over, whoever comes next. */
  owner: owner.nullable(),
});

/** What is known of one process, in a file of its own, so that several balancers never write the same one. */
export type LedgerEntry = Readonly<z.infer<typeof entry>>;

/**
 * The processes of one service in the state folder: `<folder>/<service>/<id>.json`, written by rename, and their output
 * beside. Only the balancer's user may look into it: output may hold secrets.
 */
export class ProcessLedger {
  readonly folder: string;

  constructor(
    private readonly root: string,
    service: string,
  ) {
    this.folder = path.resolve(root, service);
  }

  /** Services that the state folder has entries or logs of; none when there is no folder. */
  static async services(root: string): Promise<string[]> {
    const found = await readdir(root, { withFileTypes: true }).catch(() => []);
    return found.filter((one) => one.isDirectory()).map(({ name }) => name);
  }

  /** Makes the folder. Throws DRIVER_REFUSED when it cannot be written. */
  open(): void {
    try {
      // What is above may well be for others, too.
      mkdirSync(path.dirname(path.resolve(this.root)), { recursive: true });
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      chmodSync(this.folder, 0o700);
    } catch (error) {
      throw this.unusable(error);
    }
  }

  logPath(id: string): string {
    return path.join(this.folder, `${id}.log`);
  }

  /**
   * Without waiting: between the start of a process and its entry nothing else may happen. Throws DRIVER_REFUSED when it
   * cannot be written.
   */
  write(one: LedgerEntry): void {
    const file = this.path(one.id);
    try {
      writeFileSync(file + NEXT, JSON.stringify(one), { mode: 0o600 });
      renameSync(file + NEXT, file);
    } catch (error) {
      throw this.unusable(error);
    }
  }

  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }

  /** Ids that have an entry. */
  async ids(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => [] as string[]);
    const ids = names.filter((name) => name.endsWith(ENTRY)).map((name) => name.slice(0, -ENTRY.length));
    return ids.filter((id) => MARK.test(id));
  }

  /** null: there is none, or it cannot be read as one. */
  async read(id: string): Promise<LedgerEntry | null> {
    try {
      return entry.parse(JSON.parse(await readFile(this.path(id), 'utf8')));
    } catch {
      return null;
    }
  }

  /** Removes what a killed balancer had half written, and all but the newest logs of processes that have ended. */
  async tidy(): Promise<void> {
    const living = new Set(await this.ids());
    const ended: { readonly file: string; readonly at: number }[] = [];
    for (const name of await readdir(this.folder).catch(() => [] as string[])) {
      const file = path.join(this.folder, name);
      const at = await stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      if (name.endsWith(NEXT) && at < Date.now() - STALE_MS) await rm(file, { force: true });
      if (name.endsWith('.log') && !living.has(name.slice(0, -'.log'.length))) ended.push({ file, at });
    }
    ended.sort((a, b) => b.at - a.at);
    for (const { file } of ended.slice(KEPT_LOGS)) {
      await Promise.all([rm(file, { force: true }), rm(`${file}.1`, { force: true })]);
    }
  }

  private unusable(error: unknown): VelocityError {
    const { code = '' } = error as NodeJS.ErrnoException;
    return new VelocityError(
      'DRIVER_REFUSED',
      `the state folder ${this.folder} of the process driver cannot be written (${code}): it must belong to the balancer's user, and have space`,
      { cause: error },
    );
  }

  private path(id: string): string {
    return path.join(this.folder, id + ENTRY);
  }
}
