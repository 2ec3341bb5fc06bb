import type { BackendInput, ServiceInput } from '../../../common/config/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import {
  settingsOf,
  type ContentChain,
  type DesiredState,
  type Guard,
  type RegistryCommit,
  type RegistryStore,
  type Revision,
  type RevisionContent,
  type StoredRegistry,
} from '../../registry/index.js';
import { assembleContents, type ContentPart } from '../content-parts.js';
import { oldestKept, type StoreRetention } from '../retention.js';
import { RevisionWatch } from '../revision-watch.js';
import { assembleServices, settingsDifference, upsertedServices } from '../stored-difference.js';
import type { SqliteConnection } from './sqlite.connection.js';

/** By one commit: a history that becomes shorter must not hold it up. */
const MOST_REMOVED = 200;

const SQL = {
  newest:
    'SELECT number, time, origin, author, note, restores, changes FROM revisions ORDER BY number DESC LIMIT 1',
  newestNumber: 'SELECT max(number) AS number FROM revisions',
  revisions: `SELECT number, time, origin, author, note, restores, changes FROM revisions WHERE number < ?
    ORDER BY number DESC LIMIT ?`,
  revision: 'SELECT number, time, origin, author, note, restores, changes FROM revisions WHERE number = ?',
  addRevision: `INSERT INTO revisions (number, time, origin, author, note, restores, changes)
    VALUES (?, ?, ?, ?, ?, ?, ?)`,
  startOf: 'SELECT start FROM revision_contents WHERE number = ? AND part = 0',
  contents: `SELECT number, format, start, digest, data FROM revision_contents WHERE number BETWEEN ? AND ?
    ORDER BY number, part`,
  addContent:
    'INSERT INTO revision_contents (number, part, format, start, digest, data) VALUES (?, ?, ?, ?, ?, ?)',
  removeRevisions: `DELETE FROM revisions WHERE number IN
    (SELECT number FROM revisions WHERE number < ? ORDER BY number LIMIT ?)`,
  removeContents: `DELETE FROM revision_contents WHERE number IN
    (SELECT DISTINCT number FROM revision_contents WHERE number < ? ORDER BY number LIMIT ?)`,
  meta: 'SELECT value FROM meta WHERE key = ?',
  setMeta: 'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  services: 'SELECT name, document FROM services',
  setService: `INSERT INTO services VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET document = excluded.document WHERE document <> excluded.document`,
  removeService: 'DELETE FROM services WHERE name = ?',
  backends: 'SELECT service, document FROM backends ORDER BY service, position',
  backendsOf: 'SELECT document FROM backends WHERE service = ? ORDER BY position',
  setBackend: `INSERT INTO backends (service, position, url, document) VALUES (?, ?, ?, ?)
    ON CONFLICT (service, position) DO UPDATE SET url = excluded.url, document = excluded.document`,
  removeBackends: 'DELETE FROM backends WHERE service = ? AND position >= ?',
} as const;

/**
 * The desired state in rows: one per service (document without backends), one per backend, and `meta` for what there
 * is one of. A commit writes the rows that differ, in one transaction.
 */
export class SqliteRegistryStore implements RegistryStore {
  private known: StoredRegistry | null = null;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly retention: StoreRetention,
  ) {}

  async load(): Promise<StoredRegistry | null> {
    this.known = await this.connection.reading(() => this.read());
    return this.known;
  }

  async commit(commit: RegistryCommit): Promise<void> {
    await this.connection.transaction(() => {
      const stored = this.newestRevision()?.number ?? 0;
      if (stored !== commit.expected) {
        throw new VelocityError(
          'REVISION_CONFLICT',
          `The store holds revision ${stored}, the change was made on ${commit.expected}: load it and try again.`,
        );
      }
      this.write(commit);
      this.removeOld(oldestKept(commit.next, this.retention));
    });
    this.known = commit.next;
  }

  revisions(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly Revision[]> {
    return this.connection.call(() => this.statement('revisions').all(before, limit).map(toRevision));
  }

  watch(onRevision: (revision: number) => void): () => void {
    const watch = new RevisionWatch({
      stored: () => this.connection.call(() => this.newestNumber()),
      known: () => this.known?.revision.number ?? 0,
      onRevision,
    });
    watch.start();
    return () => watch.stop();
  }

  async revision(number: number): Promise<Revision | null> {
    const row = await this.connection.call(() => this.statement('revision').get(number));
    return row === undefined ? null : toRevision(row);
  }

  contents(number: number): Promise<readonly RevisionContent[]> {
    return this.connection.reading(() => {
      const start = this.statement('startOf').get(number)?.['start'] as number | undefined;
      if (start === undefined) return [];
      return assembleContents(this.statement('contents').all(start, number) as unknown as ContentPart[]);
    });
  }

  private read(): StoredRegistry | null {
    const revision = this.newestRevision();
    if (revision === null) return null;
    const settings = this.meta('settings') as Omit<DesiredState, 'services'>;
    return {
      revision,
      state: { ...settings, services: this.readServices() },
      appliedFile: this.meta('appliedFile') as DesiredState | null,
      affinitySecret: this.meta('affinitySecret') as string,
      guard: this.meta('guard') as Guard | null,
      chain: this.meta('chain') as ContentChain | null,
    };
  }

  private readServices(): readonly ServiceInput[] {
    const services = new Map<string, ServiceInput>();
    for (const row of this.statement('services').all()) {
      const name = String(row['name']);
      services.set(name, parse(row['document'], `service ${name}`) as ServiceInput);
    }
    const backends = new Map<string, BackendInput[]>();
    for (const row of this.statement('backends').all()) {
      const service = String(row['service']);
      const backend = parse(row['document'], `a backend of ${service}`) as BackendInput;
      const list = backends.get(service);
      if (list === undefined) backends.set(service, [backend]);
      else list.push(backend);
    }
    return assembleServices(services, backends, this.meta('order') as string[]);
  }

  private write(commit: RegistryCommit): void {
    const { next } = commit;
    const { revision } = next;
    const changes = JSON.stringify(revision.changes);
    this.statement('addRevision').run(
      revision.number,
      revision.time,
      revision.origin,
      revision.author,
      revision.note,
      revision.restores,
      changes,
    );
    const { services } = next.state;
    const differs = settingsDifference(commit, this.known);
    if (differs.settings) this.setMeta('settings', settingsOf(next.state));
    if (differs.appliedFile) this.setMeta('appliedFile', next.appliedFile);
    if (differs.order) {
      this.setMeta(
        'order',
        services.map((service) => service.name),
      );
    }
    this.setMeta('affinitySecret', next.affinitySecret);
    this.setMeta('guard', next.guard);
    this.setMeta('chain', next.chain);
    this.writeContent(commit.content);
    for (const name of commit.removed) {
      this.statement('removeService').run(name);
      this.statement('removeBackends').run(name, 0);
    }
    for (const service of upsertedServices(commit)) this.writeService(service);
  }

  private writeContent({ number, format, start, digest, parts }: RevisionContent): void {
    const add = this.statement('addContent');
    for (const [part, data] of parts.entries()) add.run(number, part, format, start, digest, data);
  }

  private removeOld(oldest: number): void {
    if (oldest <= 1) return;
    this.statement('removeRevisions').run(oldest, MOST_REMOVED);
    const start = this.statement('startOf').get(oldest)?.['start'] as number | undefined;
    this.statement('removeContents').run(start ?? oldest, MOST_REMOVED);
  }

  private writeService(service: ServiceInput): void {
    const { backends = [], ...settings } = service;
    this.statement('setService').run(service.name, JSON.stringify(settings));
    const stored = this.statement('backendsOf').all(service.name);
    const set = this.statement('setBackend');
    for (const [position, backend] of backends.entries()) {
      const document = JSON.stringify(backend);
      if (stored[position]?.['document'] !== document) {
        set.run(service.name, position, backend.url, document);
      }
    }
    if (stored.length > backends.length) this.statement('removeBackends').run(service.name, backends.length);
  }

  private newestNumber(): number {
    return Number(this.statement('newestNumber').get()?.['number'] ?? 0);
  }

  private newestRevision(): Revision | null {
    const row = this.statement('newest').get();
    return row === undefined ? null : toRevision(row);
  }

  private meta(key: string): unknown {
    const row = this.statement('meta').get(key);
    return row === undefined ? null : parse(row['value'], `meta ${key}`);
  }

  private setMeta(key: string, value: unknown): void {
    this.statement('setMeta').run(key, JSON.stringify(value));
  }

  private statement(name: keyof typeof SQL) {
    return this.connection.statement(SQL[name]);
  }
}

function toRevision(row: Record<string, unknown>): Revision {
  return {
    number: row['number'] as number,
    time: row['time'] as number,
    origin: row['origin'] as Revision['origin'],
    author: row['author'] as string,
    note: row['note'] as string,
    restores: row['restores'] as number,
    changes: parse(row['changes'], `revision ${String(row['number'])}`) as string[],
  };
}

/** Rows are public and may have been edited by hand: what cannot be read is named. */
function parse(text: unknown, what: string): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch (cause) {
    throw new VelocityError(
      'STORE_UNAVAILABLE',
      `The stored document of ${what} is not JSON: repair its row, or restore a copy of the file.`,
      { cause },
    );
  }
}
