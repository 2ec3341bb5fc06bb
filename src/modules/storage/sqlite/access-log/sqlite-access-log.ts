import { isVelocityError } from '../../../../common/errors/index.js';
import type { RollupRetention } from '../../retention.js';
import { SqliteConnection } from '../sqlite.connection.js';
import { ACCESS_LOG_FILE, REGISTRY_FILE, accessLogPath } from '../sqlite.file.js';
import { AccessLogMove } from './access-log.move.js';
import { SqliteAccessLogStore } from './sqlite-access-log.store.js';

export interface SqliteAccessLogOptions {
  /** Forever when undefined. */
  readonly rollups: RollupRetention | undefined;
  /** Told why what an older Velocity left could not be moved. */
  readonly onFault: (error: unknown) => void;
}

/**
 * The access log's file beside the registry's, and what fills it once from there when an older Velocity had it in that
 * file: both files are open until all is moved.
 */
export class SqliteAccessLog {
  readonly connection: SqliteConnection;
  readonly store: SqliteAccessLogStore;
  private readonly registry: SqliteConnection;
  private readonly move: AccessLogMove;
  private moving: Promise<void> | null = null;

  /** `path` is the registry's file. */
  constructor(
    path: string,
    private readonly options: SqliteAccessLogOptions,
  ) {
    const { rollups } = options;
    this.connection = new SqliteConnection(accessLogPath(path), ACCESS_LOG_FILE);
    this.store = new SqliteAccessLogStore(this.connection, rollups && { rollups });
    this.registry = new SqliteConnection(path, REGISTRY_FILE);
    this.move = new AccessLogMove(this.registry, this.store);
    this.connection.onChange(({ state }) => {
      if (state === 'connected' && this.moving === null) void this.registry.open();
    });
    this.registry.onChange(({ state }) => {
      if (state === 'connected') this.moving ??= this.moveAll();
    });
  }

  /** Resolves when the move, if there is one, has ended its present step. */
  async close(): Promise<void> {
    this.move.stop();
    await Promise.all([this.connection.close(), this.registry.close()]);
    await this.moving;
  }

  /** Never rejects. What is left when one of the files is away is moved after the next start. */
  private async moveAll(): Promise<void> {
    try {
      await this.move.run();
    } catch (error) {
      if (!isVelocityError(error, 'STORE_UNAVAILABLE')) this.options.onFault(error);
    }
    await this.registry.close();
  }
}
