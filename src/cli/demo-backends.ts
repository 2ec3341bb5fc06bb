import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { VelocityConfig } from '../common/config/index.js';

/** What `--demo` says while it works. */
export interface DemoLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Real HTTP servers behind the services of a configuration: one test server in a process of its own that listens on
 * every port of 127.0.0.1 which the file names as a plain backend. It ends with this process, however that ends.
 */
export class DemoBackends {
  private child: ChildProcess | null = null;

  constructor(
    private readonly ports: readonly number[],
    private readonly log: DemoLog,
  ) {}

  static of(config: VelocityConfig, log: DemoLog): DemoBackends {
    const urls = config.services.flatMap((service) => service.backends);
    const ports = urls.filter((one) => isServed(one.host) && !one.secure).map((one) => one.port);
    return new DemoBackends([...new Set(ports)], log);
  }

  /** Resolves when they listen, or when they could not be started, which is logged: the balancer runs all the same. */
  async start(): Promise<void> {
    if (this.ports.length === 0) return;
    const entry = fileURLToPath(new URL('../main.js', import.meta.url));
    const args = ['test-server', '--port', this.ports.join(','), '--ready-json', '--with-parent'];
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    const errors: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
    const ready = once(createInterface({ input: child.stdout }), 'line').then(() => true);
    const failed = once(child, 'exit').then(
      () => false,
      (error: Error) => {
        errors.push(error.message);
        return false;
      },
    );
    if (await Promise.race([ready, failed])) {
      this.log.info({ ports: this.ports }, 'demo backends listen');
    } else {
      this.log.warn({ ports: this.ports, reason: errors.join(' ') }, 'demo backends did not start');
    }
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
}

/** The test server listens on one address, its default. */
function isServed(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost';
}
