import { VelocityError } from '../../../common/errors/index.js';
import type { Fault } from './log-store.messages.js';

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Questions that another thread has not answered yet, each until its deadline. */
export class PendingCalls {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;

  /** `ask` sends the question under its id. Rejects with what the other thread says, or with STORE_UNAVAILABLE. */
  call(deadlineMs: number, ask: (id: number) => void): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.reject(id, unavailable('has not answered in time')), deadlineMs);
      this.pending.set(id, { resolve, reject, timer });
      ask(id);
    });
  }

  resolve(id: number, value: unknown): void {
    this.take(id)?.resolve(value);
  }

  /** Does nothing when nobody waits any more. */
  reject(id: number, error: unknown): void {
    this.take(id)?.reject(error);
  }

  rejectAll(why: string): void {
    for (const id of this.pending.keys()) this.reject(id, unavailable(why));
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }
}

export function unavailable(why: string): VelocityError {
  return new VelocityError('STORE_UNAVAILABLE', `The thread that keeps the access log ${why}. Try again.`);
}

export function faultOf(error: unknown): Fault {
  if (error instanceof VelocityError)
    return { code: error.code, message: error.message, issues: error.issues };
  return {
    code: null,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    issues: [],
  };
}

export function errorOf({ code, message, issues }: Fault): Error {
  return code === null ? new Error(message) : new VelocityError(code, message, { issues });
}
