/*
 * What the wire lane costs per exchange without the kernel and without Node's sockets, in nanoseconds: reading both heads,
 * the pipeline with routing, pick, counters and the encoded access-log record, and making both texts; and what of that
 * the record costs, by turns of both in one run.
 * Run: npm run bench -- wire-lane
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Balancer } from '../src/modules/balancer/index.js';
import { BatchingRecorder } from '../src/modules/logging/worker.js';
import { DeadlineTicker } from '../src/modules/proxy/deadline.ticker.js';
import { makePolicies, makeTrafficParts, Pipeline } from '../src/modules/proxy/index.js';
import { ReadBuffers } from '../src/modules/proxy/wire-lane/read-buffers.js';
import { RequestHead } from '../src/modules/proxy/wire-lane/request-head.js';
import { UpstreamConnection } from '../src/modules/proxy/wire-lane/upstream-connection.js';
import { BackendPools } from '../src/modules/proxy/backend-pools.js';
import { UpstreamPool } from '../src/modules/proxy/wire-lane/upstream.pool.js';
import { WireConnection } from '../src/modules/proxy/wire-lane/wire-connection.js';
import { WireSession } from '../src/modules/proxy/wire-lane/wire-session.js';
import { WireSocket } from '../src/modules/proxy/wire-lane/wire-socket.js';
import {
  backendSnapshot,
  BalancerFixture,
  serviceSnapshot,
  snapshotOf,
} from '../test/support/balancer.fixture.js';

const WARM_UP = 300_000;
const EXCHANGES = 1_000_000;
const SLICE = 20_000;
const PAIRS = 41;
const LIMITS = { maxHeadBytes: 16_384, maxHeaders: 100, maxUriBytes: 8_192 };

const SHORT = 'GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n';
const BROWSER = [
  'GET /assets/app.js?v=12 HTTP/1.1',
  'Host: shop.localhost:8000',
  'Connection: keep-alive',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark',
  'Referer: http://shop.localhost:8000/',
  '',
  '',
].join('\r\n');
const RESPONSE =
  'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 19:16:25 GMT\r\nContent-Type: text/plain\r\nContent-Length: 30\r\nConnection: keep-alive\r\n\r\nhello world, a small response\n';

/** A socket whose kernel takes everything at once. */
class DevNull extends EventEmitter {
  readonly writableLength = 0;
  readonly destroyed = false;
  readonly remoteAddress = '127.0.0.1';
  bytes = 0;

  write(text: string): void {
    this.bytes += text.length;
  }

  pause(): this {
    return this;
  }

  resume(): this {
    return this;
  }
}

function devNull(): Socket {
  return new DevNull() as unknown as Socket;
}

function makeConnection(isRecorded = true) {
  const service = serviceSnapshot({ backends: [backendSnapshot(0, { id: '0123456789abcdef' })] });
  const { memory } = new BalancerFixture([service]);
  const balancer = new Balancer(memory, 0);
  const pipeline = new Pipeline({
    balancer,
    worker: 0,
    cells: memory.workers[0]!,
    recorder: isRecorded ? new BatchingRecorder(() => undefined) : null,
    policies: makePolicies(memory, 0),
    ...makeTrafficParts(memory, 0, { balancer }),
    onError: (error) => {
      throw error;
    },
  });
  pipeline.use(snapshotOf([service]));
  const ticker = new DeadlineTicker();
  const buffers = new ReadBuffers();
  const pools = new BackendPools(
    (service, backend) => new UpstreamPool({ ticker, buffers }, service, backend),
  );
  const runtime = balancer.route('any', '/')!;
  const pool = pools.of(runtime, runtime.backends[0]!);
  const upstream = new UpstreamConnection(pool, { ...NOBODY });
  upstream.socket = WireSocket.overStream(devNull(), buffers, upstream);
  upstream.release(true);
  const session = new WireSession({ pipeline, ticker, pools, limits: LIMITS });
  const connection = new WireConnection(
    {
      settings: { headTimeoutMs: 15_000, idleTimeoutMs: 75_000 },
      sessions: { take: (owner) => (session.open(owner), session), give: () => undefined },
      port: 8000,
      isDraining: false,
      handsOver: true,
      nowMs: 0,
      left: () => undefined,
      handOver: () => undefined,
    },
    () => undefined,
  );
  connection.socket = WireSocket.overStream(devNull(), buffers, connection);
  return { connection, upstream };
}

const NOBODY = {
  upstreamConnected: () => undefined,
  upstreamArrived: () => undefined,
  upstreamFlushed: () => undefined,
  upstreamEnded: () => undefined,
  upstreamClosed: () => undefined,
};

function report(name: string, turn: () => void): void {
  for (let index = 0; index < WARM_UP; index++) turn();
  const started = process.cpuUsage();
  for (let index = 0; index < EXCHANGES; index++) turn();
  const { user, system } = process.cpuUsage(started);
  console.log(`${name.padEnd(40)} ${(((user + system) * 1000) / EXCHANGES).toFixed(0).padStart(6)} ns`);
}

/** What the first does beyond the second: both in turns, so that the machine is the same to them. Median of the pairs. */
function reportDifference(name: string, more: () => void, less: () => void): void {
  for (let index = 0; index < WARM_UP; index += SLICE) {
    nsOf(more);
    nsOf(less);
  }
  const differences = Array.from({ length: PAIRS }, () => nsOf(more) - nsOf(less));
  const middle = differences.sort((a, b) => a - b)[PAIRS >> 1]!;
  console.log(`${name.padEnd(40)} ${middle.toFixed(0).padStart(6)} ns`);
}

function nsOf(turn: () => void): number {
  const started = process.cpuUsage();
  for (let index = 0; index < SLICE; index++) turn();
  const { user, system } = process.cpuUsage(started);
  return ((user + system) * 1000) / SLICE;
}

for (const [name, text] of [
  ['a request of wrk', SHORT],
  ['a request of a browser', BROWSER],
] as const) {
  const request = Buffer.from(text, 'latin1');
  const response = Buffer.from(RESPONSE, 'latin1');
  const { connection, upstream } = makeConnection();
  report(`exchange: ${name}`, () => {
    connection.bytesArrived(request, request.length);
    upstream.bytesArrived(response, response.length);
  });
  const silent = makeConnection(false);
  reportDifference(
    'its access-log record',
    () => {
      connection.bytesArrived(request, request.length);
      upstream.bytesArrived(response, response.length);
    },
    () => {
      silent.connection.bytesArrived(request, request.length);
      silent.upstream.bytesArrived(response, response.length);
    },
  );
  const head = new RequestHead(LIMITS);
  report(`its head alone`, () => {
    head.reset();
    head.feed(request, 0, request.length);
  });
}
