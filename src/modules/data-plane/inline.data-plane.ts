import type { RequestListener } from 'node:http';
import type {
  BlockImage,
  BlockImageKind,
  BoundAddress,
  DrainReport,
  ListenerSettings,
  ListeningSocket,
  PolicyEvent,
  RedisSettings,
  SharedMemory,
  Snapshot,
  TracingSettings,
} from '../../common/contract/index.js';
import { BatchingRecorder } from '../logging/index.js';
import {
  AddressCounts,
  Blocklists,
  ConnectionGate,
  type HttpLane,
  LoopMeter,
  makeHttpListener,
  type Pipeline,
  type TrafficListener,
} from '../proxy/index.js';
import { addressError } from './address.guard.js';
import type { DataPlane } from './data-plane.js';
import type { AccessLogBatchSink, PolicyEventSink, SupervisorLog } from './supervisor-options.js';
import type { WorkerStatus } from './worker.handle.js';

export interface InlineOptions {
  readonly memory: SharedMemory;
  readonly listeners: readonly ListenerSettings[];
  /** Whether another process may join the port later, to take it over; false where the platform lacks it. */
  readonly reusePort: boolean;
  /** null: no access log is kept. */
  readonly accessLog: AccessLogBatchSink | null;
  /** null: rate limits count in this balancer alone. */
  readonly redis: RedisSettings | null;
  /** null: traces are passed on. */
  readonly tracing: TracingSettings | null;
  /** Where records go of exchanges whose spans are recorded; null: none are. */
  readonly spans: AccessLogBatchSink | null;
  readonly log: SupervisorLog;
  readonly events: PolicyEventSink;
}

/** `workers: inline`: the control plane serves traffic itself, through Nest. For tests, debugging and embedding. */
export class InlineDataPlane implements DataPlane {
  readonly mode = 'inline';
  private readonly startedAt = Date.now();
  private readonly recorder: BatchingRecorder;
  private readonly spans: BatchingRecorder;
  private readonly loop: LoopMeter;
  private readonly blocklists = new Blocklists();
  private application: InlineApplication | null = null;
  private listeners: readonly TrafficListener[] = [];
  private generation = 0;
  private isListening = false;

  constructor(private readonly options: InlineOptions) {
    this.recorder = new BatchingRecorder((batch, records) => options.accessLog?.accept(batch, records));
    this.spans = new BatchingRecorder((batch, records) => options.spans?.accept(batch, records));
    this.loop = new LoopMeter(options.memory.workers[0]!.traffic);
  }

  /** @param create Makes the Nest application with the recorder and error report of this data plane. */
  async start(create: (parts: InlineParts) => Promise<InlineApplication>): Promise<this> {
    const { log } = this.options;
    const application = await create({
      recorder: this.recorder,
      blocklists: this.blocklists,
      redis: this.options.redis,
      tracing: this.options.tracing,
      spans: this.spans,
      tellEvent: (event) => this.options.events.accept(event, 0),
      onError: (error, { requestId }) =>
        log.error({ err: error, requestId }, 'an exchange failed by a fault of the balancer'),
    });
    this.application = application;
    this.listeners = this.options.listeners.map((settings, index) =>
      makeHttpListener(
        application.lane,
        { settings, gate: this.gateOf(settings, index), blocklists: this.blocklists },
        application.handler,
      ),
    );
    return this;
  }

  private gateOf(settings: ListenerSettings, index: number): ConnectionGate {
    const { memory } = this.options;
    const share = { workers: 1, cells: memory.workers[0]! };
    return new ConnectionGate(settings, share, new AddressCounts(memory, 0, index));
  }

  receive(snapshot: Snapshot): void {
    this.application!.pipeline.use(snapshot);
    this.generation = snapshot.generation;
  }

  receiveBlocklist(kind: BlockImageKind, image: BlockImage | null): void {
    this.blocklists.swap(kind, image);
  }

  oldestGeneration(): number {
    return this.generation;
  }

  async listen(adopted: readonly ListeningSocket[] = []): Promise<readonly BoundAddress[]> {
    await this.application!.lane.prepare();
    const addresses = await Promise.all(
      this.listeners.map((listener, index) =>
        listener
          .listen(this.options.reusePort, descriptorsOf(adopted, index))
          .catch((error: NodeJS.ErrnoException) => {
            const { host, port } = this.options.listeners[index]!;
            throw addressError(host, port, error);
          }),
      ),
    );
    this.isListening = true;
    this.loop.start();
    return addresses;
  }

  async sockets(): Promise<readonly ListeningSocket[]> {
    return this.listeners.flatMap(({ descriptors }, listener) => descriptors.map((fd) => ({ listener, fd })));
  }

  async drain(deadlineMs: number): Promise<DrainReport> {
    this.isListening = false;
    this.loop.stop();
    const cuts = await Promise.all(this.listeners.map((listener) => listener.drain(deadlineMs)));
    this.application!.lane.close();
    await this.application!.close();
    this.recorder.flush();
    this.spans.flush();
    const cut = cuts.reduce((sum, count) => sum + count, 0);
    return { cut, services: this.application!.pipeline.cuts.byService() };
  }

  status(): readonly WorkerStatus[] {
    const state = this.isListening ? 'listening' : 'running';
    return [
      {
        worker: 0,
        state,
        threadId: 0,
        generation: this.generation,
        restarts: 0,
        startedAt: this.startedAt,
        lastError: '',
      },
    ];
  }
}

export interface InlineParts {
  readonly recorder: BatchingRecorder;
  readonly blocklists: Blocklists;
  readonly redis: RedisSettings | null;
  readonly tracing: TracingSettings | null;
  readonly spans: BatchingRecorder;
  readonly tellEvent: (event: PolicyEvent) => void;
  readonly onError: (error: unknown, exchange: { readonly requestId: string }) => void;
}

/** The data plane's classes as a Nest application composed them. */
export interface InlineApplication {
  readonly pipeline: Pipeline;
  readonly lane: HttpLane;
  /** Takes requests through Nest's middleware to the lane. */
  readonly handler: RequestListener;
  close(): Promise<void>;
}

function descriptorsOf(sockets: readonly ListeningSocket[], index: number): readonly number[] {
  return sockets.filter(({ listener }) => listener === index).map(({ fd }) => fd);
}
