import autocannon from 'autocannon';
import type { LoadPlan } from './load.plan.js';
import { LoadTally } from './load.tally.js';
import { quietTimers } from './quiet-timers.js';

/** Looks at results so often: how soon the end is seen. */
const SAMPLE_MS = 50;
/** autocannon counts whole seconds: the end of a run is timed here. */
const FOREVER_SECONDS = 1_000_000;
/** A run for a time is given up beyond so many failures: without a target, connections would be tried without a pause. */
const MAX_FAILURES = 100_000;

/** The parts of autocannon's client that its types leave out. */
interface LoadClient {
  readonly pipelinedRequests: { size(): number; clear(): void };
  timeout: number;
  readonly parser: Record<number, (head: unknown) => unknown>;
  _connect(): void;
  on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): void;
  on(event: 'timeout', listener: () => void): void;
}

/** `HTTPParser.kOnHeadersComplete`: its handler returns whether the body is to be left out. */
const ON_HEAD = 2;
/** The target ended the connection before it had answered. */
const CLOSED = 'closed';

/** One run of load. */
export class LoadRun {
  readonly tally = new LoadTally();
  private readonly startedAt = performance.now();
  private endedAt = 0;
  private lastAt = 0;
  private instance: autocannon.Instance | null = null;

  constructor(readonly plan: LoadPlan) {}

  /** Milliseconds from the first request to the last answer, or until now. */
  get elapsedMs(): number {
    return (this.endedAt || performance.now()) - this.startedAt;
  }

  /** From 0 to 1. */
  get progress(): number {
    const { requests, durationMs } = this.plan;
    const { answered, unanswered } = this.tally;
    const done = requests === null ? this.elapsedMs / (durationMs ?? 1) : (answered + unanswered) / requests;
    return Math.min(1, done);
  }

  /** Resolves when all is sent and answered, the time is over, or it was stopped. */
  async finished(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const instance = autocannon(this.options(), (error) => (error ? reject(error) : resolve()));
    this.instance = instance;
    instance.on('response', (_client, status, bytes, latencyMs) => {
      this.lastAt = performance.now();
      this.tally.answer(status, bytes, latencyMs);
    });
    quietTimers();
    const { durationMs } = this.plan;
    const timer = durationMs === null ? undefined : setTimeout(() => instance.stop(), durationMs);
    await promise.finally(() => clearTimeout(timer));
    // The end is seen a moment later than it comes.
    this.endedAt = this.plan.requests !== null && this.lastAt > 0 ? this.lastAt : performance.now();
  }

  stop(): void {
    this.instance?.stop();
  }

  private options(): autocannon.Options {
    const { url, method, headers, body, connections, pipelining } = this.plan;
    const { requests, rate } = this.plan;
    return {
      url: url.href,
      method: method as autocannon.Options['method'] & string,
      headers: { ...headers },
      ...(body === null ? {} : { body }),
      connections,
      pipelining,
      ...(requests === null ? { duration: FOREVER_SECONDS } : { amount: requests }),
      ...(rate === null ? {} : { overallRate: rate }),
      sampleInt: SAMPLE_MS,
      bailout: requests ?? MAX_FAILURES,
      setupClient: (client: unknown) => this.adopt(client as LoadClient),
    };
  }

  /**
   * What a lost connection takes with it is counted, and not timed any more: autocannon would take it for answered by what
   * the next one answers. To HEAD no body comes, whatever the length says.
   */
  private adopt(client: LoadClient): void {
    client.timeout = this.plan.timeoutMs;
    const connect = client._connect;
    let kind = CLOSED;
    let isFirst = true;
    client._connect = () => {
      if (isFirst && this.plan.method === 'HEAD') leaveBodiesOut(client);
      isFirst = false;
      this.failed(kind, client.pipelinedRequests.size());
      client.pipelinedRequests.clear();
      kind = CLOSED;
      connect.call(client);
    };
    client.on('connError', ({ code, message }) => (kind = code ?? message));
    // Told for each request of a pipeline, which is cleared by then.
    client.on('timeout', () => this.failed('timeout', 1));
  }

  private failed(kind: string, requests: number): void {
    if (requests === 0) return;
    this.lastAt = performance.now();
    this.tally.fail(kind, requests);
  }
}

function leaveBodiesOut({ parser }: LoadClient): void {
  const onHead = parser[ON_HEAD];
  parser[ON_HEAD] = (head) => {
    onHead?.call(parser, head);
    return true;
  };
}
