import { isVelocityError } from '../../../../common/errors/index.js';
import type { RollupRetention } from '../../retention.js';
import { SqliteConnection } from '../sqlite.connection.js';
import { ACCESS_LOG_FILE, accessLogPath } from '../sqlite.file.js';
import { AccessLogMove } from './access-log.move.js';
import { SqliteAccessLogStore } from './sqlite-access-log.store.js';

/** The access log's file beside the registry's: opened with it, and filled from it when an older Velocity had it there. */
export class SqliteAccessLog {
  readonly connection: SqliteConnection;
  readonly store: SqliteAccessLogStore;
  private readonly move: AccessLogMove;
  private moving: Promise<void> | null = null;

  /** `path` is the registry's file. */
  constructor(path: string, registry: SqliteConnection, rollups?: RollupRetention) {
    this.connection = new SqliteConnection(accessLogPath(path), ACCESS_LOG_FILE);
    this.store = new SqliteAccessLogStore(this.connection, rollups && { rollups });
    this.move = new AccessLogMove(registry, this.store);
    registry.onChange(({ state }) => {
      if (state === 'connected') void this.open();
    });
  }

  /** Resolves when the move, if there is one, has ended its present step. */
  async close(): Promise<void> {
    this.move.stop();
    await this.connection.close();
    await this.moving;
  }

  private async open(): Promise<void> {
    await this.connection.open();
    this.moving ??= this.move
      .run()
      .catch((error: unknown) => {
        // What is left is moved when the store is back.
        if (!isVelocityError(error, 'STORE_UNAVAILABLE')) throw error;
      })
      .finally(() => {
        this.moving = null;
      });
  }
}
