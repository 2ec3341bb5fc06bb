import type { Child } from '../children.js';
import type { Origin } from '../origin.js';
import type { Site } from '../site.js';

/** A proxy that can be measured. */
export interface Contender {
  /** Unique; names it in results and folders. */
  readonly name: string;
  readonly title: string;
  /** null: this machine lacks it. */
  version(): string | null;
  /** Resolves when it serves. */
  start(site: Site, setup: Setup): Promise<RunningProxy>;
}

export interface Setup {
  readonly origin: Origin;
  /** Most client connections that will come. */
  readonly connections: number;
}

export interface RunningProxy {
  readonly port: number;
  readonly child: Child;
  /** Access-log records written so far; null: it keeps none. */
  records(): Promise<number | null>;
}

/** Addresses of the backends: two, so that there is something to balance. The origin answers on both. */
export function backendsOf(origin: Origin): readonly string[] {
  return [`127.0.0.1:${origin.port}`, `127.0.0.2:${origin.port}`];
}
