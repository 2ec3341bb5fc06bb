import { isDeepStrictEqual } from 'node:util';
import {
  ConfigWatcher,
  desiredOf,
  type Environment,
  type LoadedConfig,
  parseConfigText,
  type VelocityConfig,
} from '../common/config/index.js';
import { VelocityError } from '../common/errors/index.js';
import type { ConfigFileStatus } from '../modules/admin/index.js';
import type { ApplicationLogger } from '../modules/logging/index.js';
import type { RegistryService } from '../modules/registry/index.js';
import { type AuditSink, FileAuditor } from './file.auditor.js';

/** What only a start reads; the rest takes effect as soon as the file is saved. */
const START_ONLY = [
  'listeners',
  'admin',
  'workers',
  'storage',
  'accessLog',
  'healthLog',
  'auditLog',
  'scalingLog',
  'drivers',
  'dockerDiscovery',
  'history',
  'shutdown',
  'log',
  'via',
] as const satisfies readonly (keyof VelocityConfig)[];

/** What the file calls those that have another name there. */
const WRITTEN_KEYS: Readonly<Record<string, string>> = { dockerDiscovery: 'discovery' };

export interface ApplierParts {
  readonly path: string;
  readonly loaded: LoadedConfig;
  readonly environment: Environment;
  readonly registry: Pick<RegistryService, 'start' | 'applyFile' | 'status'>;
  readonly log: ApplicationLogger;
  readonly audit: AuditSink;
}

/**
 * Watches the configuration file and brings each edit into the registry. An edit that does not hold changes nothing:
 * its error is logged, and shown by {@link status} until the file is right again.
 */
export class ConfigFileApplier {
  private readonly watcher: ConfigWatcher;
  private readonly started: VelocityConfig;
  private readonly auditor: FileAuditor;
  private state: ConfigFileStatus;
  /** Edits are taken one after the other: the state is that of the newest, however long an earlier one takes to store. */
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ApplierParts) {
    const { path, loaded, audit } = parts;
    this.auditor = new FileAuditor(audit, path);
    this.started = loaded.config;
    this.state = { path, loadedAt: Date.now(), lastAttemptAt: Date.now(), error: '' };
    this.watcher = new ConfigWatcher(path, loaded.content);
  }

  status(): ConfigFileStatus {
    const { problem } = this.parts.registry.status();
    return this.state.error === '' ? { ...this.state, error: problem } : this.state;
  }

  /** Brings in what the file held at the start. */
  async begin(): Promise<void> {
    const { loaded, path, registry } = this.parts;
    const since = Date.now();
    try {
      const { revision } = await registry.start(desiredOf(loaded.input), path);
      const { problem } = registry.status();
      if (problem === '') this.auditor.applied(revision, since);
      else this.auditor.refused(new VelocityError('CONFIG_INVALID', problem));
    } catch (error) {
      this.auditor.refused(error);
      throw error;
    }
  }

  watch(): void {
    this.watcher.on('changed', (content) => this.afterLast(() => this.apply(content)));
    this.watcher.on('problem', (error) => this.afterLast(() => this.refuse(error)));
    this.watcher.start();
  }

  close(): void {
    this.watcher.close();
  }

  /** The action must not reject. */
  private afterLast(action: () => void | Promise<void>): void {
    this.last = this.last.then(action);
  }

  private async apply(content: Buffer): Promise<void> {
    const { path, environment, registry, log } = this.parts;
    const since = Date.now();
    try {
      const { config, input, notices } = parseConfigText(content, path, environment);
      for (const notice of notices) log.warn({ file: path }, notice);
      const { revision } = await registry.applyFile(desiredOf(input), path);
      this.auditor.applied(revision, since);
      const now = Date.now();
      this.state = { path, loadedAt: now, lastAttemptAt: now, error: '' };
      log.info({ file: path, revision: revision.number }, 'configuration file applied');
      this.sayWhatNeedsStart(config);
    } catch (error) {
      this.refuse(error);
    }
  }

  private refuse(error: unknown): void {
    const { path, log } = this.parts;
    this.auditor.refused(error);
    const issues = error instanceof VelocityError ? error.issues.map(({ message }) => message) : [];
    const reason = error instanceof Error ? error.message : String(error);
    this.state = { ...this.state, lastAttemptAt: Date.now(), error: reason };
    log.error({ file: path, reason, issues }, 'configuration file refused, the running configuration stays');
  }

  private sayWhatNeedsStart(config: VelocityConfig): void {
    const changed = START_ONLY.filter((key) => !isDeepStrictEqual(config[key], this.started[key]));
    const keys = changed.map((key) => WRITTEN_KEYS[key] ?? key);
    if (keys.length === 0) return;
    this.parts.log.warn({ file: this.parts.path, keys }, 'these settings take effect at the next start');
  }
}
