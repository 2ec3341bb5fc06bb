import { Origin, type OriginConnection } from '../support/origin.js';
import { deliver } from './delivery.js';

/** What the origin is to answer to the next `/first`. */
export interface PlannedAnswer {
  readonly pieces: readonly Buffer[];
  /** Whether the connection ends behind it. */
  readonly ends: boolean;
}

/** An origin that gives one request the bytes it is told to, and each other a sound answer that says whose it is. */
export class RespondingOrigin {
  private plan: PlannedAnswer = { pieces: [], ends: true };
  private sent = Promise.withResolvers<void>();

  private constructor(private readonly holder: { origin: Origin | null }) {}

  static async start(): Promise<RespondingOrigin> {
    const responding = new RespondingOrigin({ origin: null });
    responding.holder.origin = await Origin.start((connection) => responding.serve(connection));
    return responding;
  }

  get origin(): Origin {
    return this.holder.origin!;
  }

  /** Resolves once all bytes of the answer have been written. */
  answer(plan: PlannedAnswer): Promise<void> {
    this.plan = plan;
    this.sent = Promise.withResolvers();
    return this.sent.promise;
  }

  private async serve(connection: OriginConnection): Promise<void> {
    for (;;) {
      const { line } = await connection.request();
      const path = line.split(' ')[1] ?? '';
      if (path === '/first') await this.give(connection);
      else await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${path.length}\r\n\r\n${path}`);
    }
  }

  private async give({ socket }: OriginConnection): Promise<void> {
    const { plan, sent } = this;
    await deliver(socket, plan.pieces);
    if (plan.ends) socket.end();
    sent.resolve();
  }
}
