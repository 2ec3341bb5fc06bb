import type { VelocityLogger } from '../application-log/velocity.logger.js';
import type { DurableAccessLog } from '../access-log/durable.access-log.js';
import type { LogStoreCells } from './log-store.cells.js';
import type { FromLogStore, LogStoreMethods, ToLogStore } from './log-store.messages.js';
import { faultOf } from './pending.calls.js';

const STATUS_INTERVAL_MS = 250;

/** The thread's end of the border: takes batches, answers questions, tells its status. */
export class LogStoreServer {
  private readonly statusTimer: NodeJS.Timeout;
  private taken = 0;
  private lastStatus = '';

  constructor(
    private readonly accessLog: DurableAccessLog,
    private readonly methods: LogStoreMethods,
    private readonly cells: LogStoreCells,
    private readonly tell: (message: FromLogStore) => void,
  ) {
    this.statusTimer = setInterval(() => this.tellStatus(), STATUS_INTERVAL_MS);
  }

  /** Resolves with true after the last message of all, `close`. */
  async receive(message: ToLogStore): Promise<boolean> {
    switch (message.type) {
      case 'batch':
        this.accessLog.accept(message.batch, message.records);
        this.taken += message.records;
        this.cells.set(this.taken, this.accessLog.inMemory);
        return false;
      case 'call':
        await this.answer(message);
        return false;
      case 'close':
        await this.close(message.deadlineMs);
        return true;
    }
  }

  private async answer({ id, method, args }: ToLogStore & { type: 'call' }): Promise<void> {
    try {
      const ask = this.methods[method] as (...values: readonly unknown[]) => Promise<unknown>;
      this.tell({ type: 'answer', id, value: await ask(...args) });
    } catch (error) {
      this.tell({ type: 'fault', id, fault: faultOf(error) });
    }
  }

  private async close(deadlineMs: number): Promise<void> {
    clearInterval(this.statusTimer);
    const left = await this.accessLog.close(deadlineMs);
    this.tell({ type: 'closed', left, status: this.accessLog.status() });
  }

  private tellStatus(): void {
    this.cells.set(this.taken, this.accessLog.inMemory);
    const status = this.accessLog.status();
    const text = JSON.stringify(status);
    if (text === this.lastStatus) return;
    this.lastStatus = text;
    this.tell({ type: 'status', status });
  }
}

/** Lines for the application log, which the main thread writes. */
export function forwardedLog(tell: (message: FromLogStore) => void): VelocityLogger {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) =>
    tell({ type: 'log', level, fields, message });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
