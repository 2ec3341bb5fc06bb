import { expect, onTestFinished } from 'vitest';
import type {
  AccessLogRecord,
  ListenerSettings,
  RetrySettings,
  PolicyEvent,
  RedisSettings,
  ServiceSnapshot,
  ServiceTimeouts,
  Snapshot,
  TracingSettings,
} from '../../src/common/contract/index.js';
import { createInlineApplication } from '../../src/modules/data-plane/inline-application.module.js';
import { Balancer } from '../../src/modules/balancer/index.js';
import { LedgerReader } from '../../src/modules/data-plane/index.js';
import {
  AddressCounts,
  Blocklists,
  ConnectionGate,
  type ExchangeRecorder,
  type HttpLane,
  HttpLaneLoader,
  makeHttpListener,
  makeListener,
  makePolicies,
  makeTrafficParts,
  Pipeline,
  Tracer,
  type TrafficListener,
  WireLane,
} from '../../src/modules/proxy/index.js';
import { BalancerFixture, backendSnapshot, serviceSnapshot, snapshotOf } from './balancer.fixture.js';
import type { Origin } from './origin.js';
import { RawClient } from './raw-client.js';

/**
 * What the conformance suite runs on: each lane as a worker composes it, the HTTP lane as Nest does, and the wire lane
 * with sockets that are accepted the documented way. `wire` and `wire-stream` hand upgrades over to the HTTP lane.
 */
export const LANES = ['http', 'inline', 'wire', 'wire-stream'] as const;
export type LaneKind = (typeof LANES)[number];

/** The lane that serves plain requests there. */
export function laneOf(kind: LaneKind): 'http' | 'wire' {
  return kind.startsWith('wire') ? 'wire' : 'http';
}

export interface LaneOptions {
  readonly timeouts?: Partial<ServiceTimeouts>;
  /** A number: of further tries. */
  readonly retries?: number | Partial<RetrySettings>;
  readonly service?: Partial<ServiceSnapshot>;
  readonly snapshot?: Partial<Snapshot>;
  readonly listener?: Partial<ListenerSettings>;
  /** Who is blocked everywhere. Default: nobody. */
  readonly blocklists?: Blocklists;
  /** Default: rate limits count in this lane alone. */
  readonly redis?: RedisSettings;
  /** Default: traces are passed on. */
  readonly tracing?: TracingSettings;
  /** The test itself makes exchanges fail in a way that an error is reported for. */
  readonly expectsErrors?: boolean;
}

const LISTENER: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  lane: 'auto',
  headTimeoutMs: 5_000,
  idleTimeoutMs: 10_000,
  maxHeadBytes: 16_384,
  maxHeaders: 100,
  maxUriBytes: 8_192,
  maxConnections: 20_000,
  maxConnectionsPerAddress: 0,
};

/** One lane that serves one service over these origins, on a free port of loopback. */
export class LaneFixture {
  /** Access-log records so far, in order. */
  readonly records: AccessLogRecord[] = [];
  /** Ids of those that are counted and not to be stored. */
  readonly counted = new Set<string>();
  /** What policies told so far, in order. */
  readonly events: PolicyEvent[] = [];
  readonly errors: unknown[] = [];
  readonly blocklists: Blocklists;
  port = 0;
  private readonly waiters: (() => void)[] = [];
  private listener: TrafficListener | null = null;
  private lanes: () => readonly (HttpLane | WireLane)[] = () => [];
  private dispose: () => Promise<void> = async () => undefined;
  private drained: Promise<number> | null = null;

  constructor(
    readonly memory: BalancerFixture,
    private readonly options: LaneOptions,
  ) {
    this.blocklists = options.blocklists ?? new Blocklists();
  }

  async start(kind: LaneKind, snapshot: Snapshot): Promise<void> {
    const pipeline = kind === 'inline' ? await this.composeInline() : this.compose(kind);
    pipeline.use(snapshot);
    this.port = (await this.listener!.listen(false)).port;
    this.pipeline = pipeline;
  }

  pipeline: Pipeline | null = null;

  connect(): Promise<RawClient> {
    return RawClient.connect(this.port);
  }

  /** Sends over a connection of its own. */
  async ask(bytes: string | Buffer, method = 'GET') {
    const client = await this.connect();
    const response = await client.ask(bytes, method);
    client.close();
    return response;
  }

  /** The record of the n-th finished exchange, from 0. */
  async record(index = 0): Promise<AccessLogRecord> {
    await this.until(() => this.records.length > index);
    return this.records[index]!;
  }

  /** Looked at after each record and each event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiters.push(resolve);
      await promise;
    }
  }

  /** The n-th event that a policy told, from 0. */
  async event(index = 0): Promise<PolicyEvent> {
    while (this.events.length <= index) await this.news();
    return this.events[index]!;
  }

  /** Resolves with the next record or event. */
  private news(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiters.push(resolve);
    return promise;
  }

  get totals() {
    return new LedgerReader(this.memory.memory).totals();
  }

  drain(deadlineMs: number): Promise<number> {
    this.drained ??= this.listener!.drain(deadlineMs);
    return this.drained;
  }

  /** Ends the lane, and checks what must be true of any: nothing left behind, the ledger balanced, no unexpected error. */
  async stop(): Promise<void> {
    await this.drain(0);
    const lanes = this.lanes();
    expect(lanes.map((lane) => lane.ticker.size)).toEqual(lanes.map(() => 0));
    for (const lane of lanes) lane.close();
    await this.dispose();
    const { received, forwarded, dropped, inFlight } = this.totals;
    expect({ inFlight, running: this.pipeline!.inFlight }).toEqual({ inFlight: 0, running: 0 });
    expect(received).toBe(forwarded + dropped);
    expect(this.records.length).toBe(received);
    expect(this.memory.inFlight(0)).toBe(0);
    expect(this.memory.serviceInFlight(0)).toBe(0);
    if (!this.options.expectsErrors) expect(this.errors).toEqual([]);
  }

  private compose(kind: LaneKind): Pipeline {
    const { memory } = this.memory;
    const options = this.trafficOptions();
    const balancer = new Balancer(memory, 0, options.tellEvent);
    const pipeline = new Pipeline({
      balancer,
      worker: 0,
      cells: memory.workers[0]!,
      recorder: this.recorder(),
      tracer: new Tracer(this.options.tracing),
      policies: makePolicies(memory, 0, this.blocklists),
      ...makeTrafficParts(memory, 0, { balancer, ...options }),
      onError: (error) => this.errors.push(error),
    });
    const lanes = { http: new HttpLaneLoader(pipeline, balancer), wire: new WireLane(pipeline, balancer) };
    this.lanes = () => [lanes.wire, ...(lanes.http.lane === null ? [] : [lanes.http.lane])];
    const lane = laneOf(kind) === 'http' ? 'http' : 'auto';
    const parts = this.listenerParts({ lane });
    this.listener = makeListener(lanes, { ...parts, usesAcceptDoor: kind === 'wire' });
    return pipeline;
  }

  private async composeInline(): Promise<Pipeline> {
    const application = await createInlineApplication({
      memory: this.memory.memory,
      blocklists: this.blocklists,
      ...this.trafficOptions(),
      recorder: this.recorder(),
      tracing: this.options.tracing ?? null,
      onError: (error) => this.errors.push(error),
    });
    this.lanes = () => [application.lane];
    this.listener = makeHttpListener(application.lane, this.listenerParts({}), application.handler);
    this.dispose = () => application.close();
    return application.pipeline;
  }

  private recorder(): ExchangeRecorder {
    return {
      record: (record, isRecorded) => {
        if (!isRecorded) this.counted.add(record.id);
        this.add(record, this.records);
      },
    };
  }

  private trafficOptions() {
    const tellEvent = (event: PolicyEvent) => this.add(event, this.events);
    return { redis: this.options.redis ?? null, tellEvent };
  }

  private listenerParts(own: Partial<ListenerSettings>) {
    const { memory } = this.memory;
    const settings = { ...LISTENER, ...own, ...this.options.listener };
    const share = { workers: 1, cells: memory.workers[0]! };
    const gate = new ConnectionGate(settings, share, new AddressCounts(memory, 0, 0));
    return { settings, gate, blocklists: this.blocklists };
  }

  private add<T>(item: T, list: T[]): void {
    list.push(item);
    for (const wake of this.waiters.splice(0)) wake();
  }
}

/** Starts a lane for the running test and ends it, and the origins, after it. */
export async function startLane(
  kind: LaneKind,
  origins: readonly Origin[],
  options: LaneOptions = {},
): Promise<LaneFixture> {
  const service = serviceOver(origins, options);
  const fixture = new LaneFixture(new BalancerFixture([service]), options);
  onTestFinished(async () => {
    await fixture.stop();
    await Promise.all(origins.map((origin) => origin.stop()));
  });
  await fixture.start(kind, snapshotOf([service], options.snapshot));
  return fixture;
}

/** A service whose backends are the origins, in this order, tried by round robin from the first one on. */
export function serviceOver(origins: readonly Origin[], options: LaneOptions = {}): ServiceSnapshot {
  const base = serviceSnapshot();
  return serviceSnapshot({
    backends: origins.map(({ port }, slot) => backendSnapshot(slot, { port })),
    timeouts: { ...base.timeouts, ...options.timeouts },
    retries: {
      ...base.retries,
      ...(typeof options.retries === 'number' ? { attempts: options.retries } : options.retries),
    },
    ...options.service,
  });
}
