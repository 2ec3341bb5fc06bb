import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backendSnapshot } from '../support/balancer.fixture.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { Observation } from '../support/observation.js';

const CLIENTS = 1_500;
const AT_ONCE = 40;
/** What lingers after the last client is gone: the balancer gives the other side five seconds to finish. */
const LINGERS_MS = 8_000;

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** Pieces of what clients send, sound and broken, whole and in part, in any order. */
const PIECES = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /large HTTP/1.1\r\nHost: a\r\n\r\n',
  'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n',
  'GET /reset HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(60_000)}`,
  `POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(20_000)}`,
  'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX',
  'POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
  'hello',
  'GET / HTTP/1.1\r\n',
  'Host: a\r\n\r\n',
  `GET /${'a'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(20_000)}\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x00\xff\x00',
  HANDSHAKE,
  `${HANDSHAKE}early`,
];

/** The same numbers for the same seed, from 0 (inclusive) to 1 (exclusive). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  switch (request.url) {
    case '/slow':
      return void Observation.turns(50).then(() => response.end('slow'));
    case '/large':
      return void response.end(Buffer.alloc(500_000));
    case '/reset':
      return void request.socket.resetAndDestroy();
    case '/early':
      return void response.writeHead(413).end('no');
    default:
      return void request.pipe(response);
  }
}

async function startBackend(): Promise<Server> {
  const server = createServer(answer);
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** One client: says some pieces, reads or does not, then leaves in one of three ways. */
async function misbehave(port: number, random: () => number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').catch(() => undefined);
  if (random() < 0.9) socket.resume();
  const pieces = 1 + Math.floor(random() * 6);
  for (let piece = 0; piece < pieces && !socket.destroyed; piece++) {
    socket.write(PIECES[Math.floor(random() * PIECES.length)]!, 'latin1');
    if (random() < 0.5) await Observation.turns(random() * 50);
  }
  const how = random();
  if (how < 0.3) socket.destroy();
  else if (how < 0.6) socket.resetAndDestroy();
  else {
    socket.end();
    await Observation.turns(200);
    socket.destroy();
  }
  await closed;
}

describe.each(LANES)('%s lane and a storm of clients that say anything and leave at any moment', (kind) => {
  it('ends every exchange soon after its client, and keeps nothing of any', async () => {
    const server = await startBackend();
    const { port } = server.address() as { port: number };
    const lane = await startLane(kind, [], {
      service: { backends: [backendSnapshot(0, { port })] },
    });
    const random = randomFrom(20_260_701);
    let left = CLIENTS;
    const client = async () => {
      while (left-- > 0) await misbehave(lane.port, random);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    const before = performance.now();
    expect(await lane.drain(30_000)).toBe(0);
    expect(performance.now() - before).toBeLessThan(LINGERS_MS);
    // What else must be true of any lane, the fixture checks as it stops.
    expect(lane.totals).toMatchObject({ inFlight: 0, received: lane.records.length });
    expect(lane.totals.received).toBeGreaterThan(CLIENTS / 2);
  });
});
