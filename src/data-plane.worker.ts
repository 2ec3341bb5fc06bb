/** A worker of the data plane: plain classes, composed by hand. Wiring only. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  type BoundAddress,
  type FromWorker,
  type PolicyEvent,
  type ListeningSocket,
  SharedMemory,
  type ToWorker,
  type WorkerInit,
} from './common/contract/index.js';
import { Balancer } from './modules/balancer/index.js';
import { BatchingRecorder } from './modules/logging/worker.js';
import {
  AddressCounts,
  Blocklists,
  ConnectionGate,
  HttpLaneLoader,
  LoopMeter,
  makeListener,
  makePolicies,
  makeTrafficParts,
  Pipeline,
  Tracer,
  type TrafficListener,
  WireLane,
} from './modules/proxy/worker.js';

const init = workerData as WorkerInit;
const main = parentPort!;
const tell = (message: FromWorker, transfer: ArrayBuffer[] = []) => main.postMessage(message, transfer);

const memory = new SharedMemory(init.shape, init.memory);
const cells = memory.workers[init.worker]!;
const tellEvent = (event: PolicyEvent) => tell({ type: 'policy-event', event });
const balancer = new Balancer(memory, init.worker, tellEvent);
const recorder = new BatchingRecorder((batch, records) =>
  tell({ type: 'access-log', batch, records }, [batch]),
);
const spans = new BatchingRecorder((batch, records) => tell({ type: 'spans', batch, records }, [batch]));
const blocklists = new Blocklists(init.blocklists);
const pipeline = new Pipeline({
  balancer,
  worker: init.worker,
  cells,
  recorder: init.accessLog ? recorder : null,
  tracer: new Tracer(init.tracing),
  spans,
  policies: makePolicies(memory, init.worker, blocklists),
  ...makeTrafficParts(memory, init.worker, { balancer, redis: init.redis, tellEvent }),
  onError: (error, exchange) =>
    tell({ type: 'exchange-error', requestId: exchange.requestId, message: textOf(error) }),
});
const lanes = { http: new HttpLaneLoader(pipeline, balancer), wire: new WireLane(pipeline, balancer) };
const share = { workers: init.reusePort ? init.shape.workers : 1, cells };
const listeners = init.listeners.map((settings, index) => {
  const gate = new ConnectionGate(settings, share, new AddressCounts(memory, init.worker, index));
  return makeListener(lanes, { settings, gate, blocklists });
});
/** By listener; null: not bound. */
const bound: (BoundAddress | null)[] = listeners.map(() => null);
/** What `listen` does; a drain that comes while the listeners open waits, or it would leave them open behind it. */
let opened: Promise<void> | null = null;
let isDraining = false;

function use(snapshot: WorkerInit['snapshot']): void {
  pipeline.use(snapshot);
  tell({ type: 'running', generation: snapshot.generation });
}

async function listen(adopted: readonly ListeningSocket[]): Promise<void> {
  await Promise.all(listeners.map((listener, index) => bind(listener, index, adopted)));
  const addresses = bound.filter((address) => address !== null);
  if (addresses.length === bound.length) tell({ type: 'listening', addresses });
}

async function bind(
  listener: TrafficListener,
  index: number,
  adopted: readonly ListeningSocket[],
): Promise<void> {
  try {
    const own = adopted.filter((socket) => socket.listener === index).map(({ fd }) => fd);
    bound[index] ??= await listener.listen(init.reusePort, own);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    tell({ type: 'listen-failed', listener: index, code, message });
  }
}

function socketsOf({ descriptors }: TrafficListener, listener: number): ListeningSocket[] {
  return descriptors.map((fd) => ({ listener, fd }));
}

async function drain(deadlineMs: number): Promise<void> {
  isDraining = true;
  await opened;
  const cuts = await Promise.all(listeners.map((listener) => listener.drain(deadlineMs)));
  lanes.http.close();
  lanes.wire.close();
  recorder.flush();
  spans.flush();
  const cut = cuts.reduce((sum, count) => sum + count, 0);
  tell({ type: 'drained', report: { cut, services: pipeline.cuts.byService() } });
  main.close();
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// A fault leaves this thread in an unknown state: it hands over its last records, and the supervisor replaces it.
process.on('uncaughtException', (error) => {
  recorder.flush();
  spans.flush();
  tell({ type: 'failed', message: textOf(error) });
  process.exit(1);
});

main.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'listen':
      if (!isDraining) opened = listen(message.adopted);
      return;
    case 'sockets':
      return tell({ type: 'sockets', sockets: listeners.flatMap(socketsOf) });
    case 'snapshot':
      return use(message.snapshot);
    case 'blocklist':
      return blocklists.swap(message.kind, message.image);
    case 'drain':
      return void drain(message.deadlineMs);
  }
});
use(init.snapshot);
new LoopMeter(cells.traffic).start();
