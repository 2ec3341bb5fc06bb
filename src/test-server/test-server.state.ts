/** One server of the process, as its routes see it. */
export class TestServerState {
  readonly name: string;
  readonly port: number;
  readonly durationMs: number;
  readonly startedAt: number = Date.now();
  /** What `/health` answers: true is 200, false is 503. */
  healthy = true;
  /** Requests whose response has not ended (the asking one included) and open WebSockets. */
  inFlight = 0;
  /** All requests so far. */
  served = 0;
  /** Aborted when the server stops: ends what would go on for ever (events, WebSockets). */
  readonly stopping: AbortController = new AbortController();

  constructor(name: string, port: number, durationMs: number) {
    this.name = name;
    this.port = port;
    this.durationMs = durationMs;
  }
}
