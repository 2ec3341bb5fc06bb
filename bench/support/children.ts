import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pins } from './pins.js';
import { processTree } from './process-tree.js';

const RUN_DEADLINE_MS = 120_000;

export interface StartOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cores: Pins[keyof Pins];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that takes the standard output. Default: a pipe, for `child.stdout`. */
  readonly outputFile?: string;
}

/** A process under measurement, with all its descendants. */
export class Child {
  private errors = '';

  constructor(
    readonly name: string,
    readonly process: ChildProcess,
  ) {
    process.stderr?.on('data', (chunk: Buffer) => (this.errors = (this.errors + chunk).slice(-4_000)));
  }

  get pid(): number {
    return this.process.pid!;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** What it wrote to standard error last. */
  get complaint(): string {
    return this.errors;
  }

  /** Throws when the process is gone: what was measured since means nothing. */
  assertRuns(): void {
    if (this.hasEnded) throw new Error(`${this.name} ended by itself. ${this.errors}`);
  }

  /** Ends it with its descendants at once: nothing that it would still write is wanted. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.process, 'exit');
    this.killNow();
    await ended;
  }

  /** From the top: a master that lost a worker would start another. */
  killNow(): void {
    if (!this.hasEnded) for (const pid of processTree(this.pid)) kill(pid);
  }
}

/** Everything that a measurement starts: ended, and its folder removed, however the measurement ends. */
export class Children {
  /** A folder for configurations, logs and sockets. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'velocity-bench-'));
  private readonly all = new Set<Child>();

  constructor() {
    process.once('exit', () => this.killAll());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => process.exit(130));
    }
  }

  start(options: StartOptions): Child {
    const { command, args, cores, outputFile } = options;
    const [program, programArgs] =
      cores === null ? [command, args] : ['taskset', ['--cpu-list', cores, command, ...args]];
    const output = outputFile === undefined ? 'pipe' : openSync(outputFile, 'a');
    const spawned = spawn(program, programArgs, {
      cwd: options.cwd ?? this.folder,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', output, 'pipe'],
    });
    if (typeof output === 'number') closeSync(output);
    const child = new Child(options.name, spawned);
    this.all.add(child);
    spawned.once('error', (error) => {
      console.error(`bench: cannot run ${program}: ${error.message}`);
      process.exit(1);
    });
    return child;
  }

  /** Runs a program to its end. Resolves with its standard output, rejects when it fails or takes over 120 s. */
  async run(options: StartOptions): Promise<string> {
    const child = this.start(options);
    let output = '';
    child.process.stdout?.on('data', (chunk: Buffer) => (output += chunk));
    const deadline = setTimeout(() => child.killNow(), RUN_DEADLINE_MS);
    const [code, signal] = (await once(child.process, 'close')) as [number | null, string | null];
    clearTimeout(deadline);
    this.all.delete(child);
    if (code !== 0) throw new Error(`${child.name} failed (${signal ?? code}). ${child.complaint}`);
    return output;
  }

  async stop(child: Child): Promise<void> {
    await child.stop();
    this.all.delete(child);
  }

  killAll(): void {
    for (const child of this.all) child.killNow();
    this.all.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
