import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { StorageConfig } from '../../../src/common/config/index.js';

const HOOKS = fileURLToPath(new URL('../../support/transpiled-sources.mjs', import.meta.url));
const CLOCK = pathToFileURL(fileURLToPath(new URL('../../support/stepped-clock.mjs', import.meta.url))).href;
const ENTRY = fileURLToPath(new URL('lease-holder.entry.ts', import.meta.url));

export interface HolderSettings {
  readonly storage: StorageConfig;
  readonly holder: string;
  readonly ttlMs: number;
}

export interface HolderLine {
  readonly event: 'started' | 'acquired' | 'works' | 'lost';
  readonly term?: number;
  /** Milliseconds of the clock that all processes share. */
  readonly at: number;
  /** By the clock on its wall. */
  readonly date?: number;
}

/** A process that wants the lease, seen from outside. */
export class LeaseHolder {
  readonly lines: HolderLine[] = [];
  private readonly waiters = new Set<() => void>();
  private isOver = false;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      this.lines.push(JSON.parse(line) as HolderLine);
      this.wake();
    });
    lines.once('close', () => {
      this.isOver = true;
      this.wake();
    });
  }

  static async start(settings: HolderSettings, clockSteps: readonly number[] = []): Promise<LeaseHolder> {
    const child = spawn(
      process.execPath,
      ['--import', HOOKS, '--import', CLOCK, ENTRY, JSON.stringify(settings)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, CLOCK_STEPS_MS: clockSteps.join(',') },
      },
    );
    const holder = new LeaseHolder(settings.holder, child);
    await holder.said(({ event }) => event === 'started');
    return holder;
  }

  /** Terms in which it worked. */
  get terms(): readonly number[] {
    return [...new Set(this.lines.flatMap(({ event, term }) => (event === 'works' ? [term!] : [])))];
  }

  /** The first line, past or future, that fits. Rejects when the process ends without it. */
  async said(fits: (line: HolderLine) => boolean): Promise<HolderLine> {
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (this.isOver) throw new Error(`${this.name} ended; it said ${JSON.stringify(this.lines.slice(-5))}`);
      await new Promise<void>((resolve) => this.waiters.add(resolve));
    }
  }

  private wake(): void {
    for (const wake of this.waiters) wake();
    this.waiters.clear();
  }

  stepClock(): void {
    this.child.kill('SIGUSR2');
  }

  pause(): void {
    this.child.kill('SIGHUP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** SIGKILL as a crash, SIGTERM as an orderly end. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}
