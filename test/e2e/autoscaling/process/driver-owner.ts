import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessDriverConfig } from '../../../../src/common/config/scaling-config.js';
import type { Instance } from '../../../../src/modules/autoscaling/drivers/driver.js';

const HOOKS = fileURLToPath(new URL('../../../support/transpiled-sources.mjs', import.meta.url));
const ENTRY = fileURLToPath(new URL('driver-owner.entry.ts', import.meta.url));

export interface OwnerSettings {
  readonly service: string;
  readonly settings: ProcessDriverConfig;
  readonly folder: string;
  /** So many are to run. */
  readonly count: number;
}

interface Report {
  readonly instances: readonly Instance[];
  readonly lines: readonly string[];
}

/** A process that owns a driver, so that it can be killed. */
export class DriverOwner {
  report: Report = { instances: [], lines: [] };
  readonly exited: Promise<unknown>;
  private said = '';

  constructor(settings: OwnerSettings) {
    this.child = spawn(process.execPath, ['--import', HOOKS, ENTRY, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.on('message', (report: Report) => (this.report = report));
    this.child.stderr!.on('data', (bytes: Buffer) => (this.said += bytes.toString()));
    this.exited = once(this.child, 'exit');
  }

  private readonly child: ChildProcess;

  /** Those that are in rotation, once so many are. */
  async running(count: number): Promise<readonly Instance[]> {
    for (;;) {
      const running = this.report.instances.filter(({ state }) => state === 'running');
      if (running.length === count) return running;
      const next = await Promise.race([once(this.child, 'message'), this.exited.then(() => null)]);
      if (next === null) throw new Error(`the owner of the driver ended: ${this.said}`);
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async end(order: 'stop' | 'hand over'): Promise<void> {
    this.child.send(order);
    await this.exited;
  }
}
