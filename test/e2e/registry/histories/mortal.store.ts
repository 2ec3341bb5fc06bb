import { VelocityError } from '../../../../src/common/errors/index.js';
import type {
  RegistryCommit,
  RegistryStore,
  StoreConnection,
  StoredRegistry,
} from '../../../../src/modules/registry/index.js';
import type { MongodbConnection } from '../../../../src/modules/storage/mongodb/mongodb.connection.js';
import { MongodbRegistryStore } from '../../../../src/modules/storage/mongodb/mongodb-registry.store.js';
import type { SqliteConnection } from '../../../../src/modules/storage/sqlite/sqlite.connection.js';
import { SqliteRegistryStore } from '../../../../src/modules/storage/sqlite/sqlite-registry.store.js';
import { KEEP_FOREVER, type Stores } from '../../../support/stores.js';

/** How many steps of a commit are still done; null: all. */
class Budget {
  left: number | null = null;

  /** Whether this step is not done any more. */
  spend(): boolean {
    return this.left !== null && this.left-- <= 0;
  }
}

/** The store as one process sees it: its next commit can be cut off after any of its steps, or lose its answer. */
export class MortalStore implements RegistryStore {
  /** Steps that the next commit gets done; more than it has: all of them, and the answer is lost. null: it is well. */
  nextCommit: number | null = null;
  private isDead = false;

  private constructor(
    private readonly inner: RegistryStore,
    private readonly budget: Budget,
    readonly connection: StoreConnection,
  ) {}

  /** Like a new process: it knows nothing of what is stored. */
  static on(stores: Stores): MortalStore {
    const budget = new Budget();
    const inner =
      stores.connection.driver === 'sqlite'
        ? new SqliteRegistryStore(mortalFile(stores.connection as SqliteConnection, budget), KEEP_FOREVER)
        : new MongodbRegistryStore(
            mortalServer(stores.connection as MongodbConnection, budget),
            KEEP_FOREVER,
          );
    return new MortalStore(inner, budget, quiet(stores.connection));
  }

  /** What its process still does after this reaches nobody. */
  kill(): void {
    this.isDead = true;
  }

  async commit(commit: RegistryCommit): Promise<void> {
    this.requireLife();
    const steps = this.nextCommit;
    this.nextCommit = null;
    this.budget.left = steps;
    try {
      await this.inner.commit(commit);
    } catch (error) {
      if (steps === null) throw error;
    } finally {
      this.budget.left = null;
    }
    if (steps !== null) throw lost();
  }

  async load(): Promise<StoredRegistry | null> {
    this.requireLife();
    return this.inner.load();
  }

  revisions(limit: number, before?: number) {
    return this.inner.revisions(limit, before);
  }

  revision(number: number) {
    return this.inner.revision(number);
  }

  contents(number: number) {
    return this.inner.contents(number);
  }

  /** Its process is the only one that lives: nobody else stores anything. */
  watch(): () => void {
    return () => undefined;
  }

  private requireLife(): void {
    if (this.isDead) throw lost();
  }
}

function lost(): VelocityError {
  return new VelocityError('STORE_UNAVAILABLE', 'The answer was lost.');
}

function mortalFile(connection: SqliteConnection, budget: Budget): SqliteConnection {
  const statement = (sql: string) => {
    if (budget.spend()) throw new Error('it died here');
    return connection.statement(sql);
  };
  return Object.create(connection, { statement: { value: statement } }) as SqliteConnection;
}

/** The store asks before each step whether anybody still waits for it. */
function mortalServer(connection: MongodbConnection, budget: Budget): MongodbConnection {
  const call: MongodbConnection['call'] = (deadlineMs, action) =>
    connection.call(deadlineMs, (running) =>
      action({
        get abandoned() {
          return running.abandoned || budget.spend();
        },
      }),
    );
  return Object.create(connection, { call: { value: call } }) as MongodbConnection;
}

/** Without the listeners of processes that are dead. */
function quiet(connection: StoreConnection): StoreConnection {
  return Object.create(connection, { onChange: { value: () => undefined } }) as StoreConnection;
}
