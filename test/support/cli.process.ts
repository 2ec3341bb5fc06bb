import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BalancerProcess } from './balancer-process.js';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/main.js');
const DEADLINE_MS = 30_000;

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed; the input ends after it. */
  readonly input?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line as a user runs it: the build, in a process of its own, without anything of this one's environment. */
export class CliProcess {
  readonly lines: string[] = [];
  private readonly waiters = new Set<() => void>();
  private out = '';
  private err = '';
  private readonly ended: Promise<unknown>;

  private constructor(readonly child: ChildProcess) {
    child.stdout!.on('data', (bytes: Buffer) => (this.out += bytes.toString()));
    child.stderr!.on('data', (bytes: Buffer) => (this.err += bytes.toString()));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.lines.push(line);
      for (const wake of this.waiters) wake();
      this.waiters.clear();
    });
    this.ended = once(child, 'close');
  }

  static start(args: readonly string[], { cwd, env = {}, input }: CliOptions = {}): CliProcess {
    const child = spawn(process.execPath, [ENTRY, ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: process.env['TMPDIR'] ?? '/tmp', TZ: 'UTC', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    if (input !== undefined) child.stdin.end(input);
    return new CliProcess(child);
  }

  /** The first line of the result, past or future, that fits. */
  async printed(fits: (line: string) => boolean): Promise<string> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => reject(new Error(`not printed:\n${this.out}\n${this.err}`));
        deadline.addEventListener('abort', onAbort, { once: true });
        this.waiters.add(() => {
          deadline.removeEventListener('abort', onAbort);
          resolve();
        });
      });
    }
  }

  async result(): Promise<CliResult> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), DEADLINE_MS);
    await this.ended;
    clearTimeout(timer);
    return { code: this.child.exitCode, out: this.out, err: this.err };
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<CliResult> {
    this.child.kill(signal);
    return this.result();
  }
}

export function velocity(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return CliProcess.start(args, options).result();
}

/** The environment in which commands find this balancer. */
export function environmentOf(balancer: BalancerProcess): Record<string, string> {
  return { VELOCITY_ADMIN: balancer.adminUrl, VELOCITY_TOKEN: balancer.token };
}
