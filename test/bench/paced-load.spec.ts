import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { Children } from '../../bench/support/children.js';
import { runPaced } from '../../bench/support/paced-load.js';
import type { Site } from '../../bench/support/site.js';
import { freePort } from '../support/free-ports.js';

function openSite(): Site {
  const children = new Children();
  onTestFinished(() => children.killAll());
  const options = { rounds: 1, seconds: 1, out: '', dist: '', pinned: false, only: [] };
  return { children, pins: { proxy: null, load: null }, options, folder: children.folder };
}

async function listen(onRequest: http.RequestListener): Promise<number> {
  const server = http.createServer(onRequest).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

it('sends what its rate says, and counts each answer', async () => {
  let requests = 0;
  const port = await listen((_, response) => {
    requests++;
    response.end('ok');
  });
  const result = await runPaced(openSite(), { port, connections: 10, rate: 1_000, seconds: 1 });
  expect(result.arrived).toBeGreaterThan(800);
  expect(result.arrived).toBeLessThan(1_200);
  expect(result.answered).toBe(result.arrived);
  expect(requests).toBe(result.arrived);
});

it('has a stall paid by all who would have asked meanwhile, not by the few that had asked', async () => {
  const STALL_MS = 1_000;
  const held: http.ServerResponse[] = [];
  let stallsUntil = 0;
  const port = await listen((_, response) => {
    if (stallsUntil === 0) {
      stallsUntil = performance.now() + STALL_MS;
      setTimeout(() => held.splice(0).forEach((each) => each.end('late')), STALL_MS);
    }
    if (performance.now() < stallsUntil) held.push(response);
    else response.end('ok');
  });
  const result = await runPaced(openSite(), { port, connections: 5, rate: 500, seconds: 1.5 });
  // Five requests were held; most of the others came while nobody was served.
  expect(result.latencyUs.p50).toBeGreaterThan(100_000);
  expect(result.latencyUs.p99).toBeGreaterThan(500_000);
});

it('fails when an answer is no success', async () => {
  const port = await listen((_, response) => response.writeHead(503).end());
  const run = runPaced(openSite(), { port, connections: 2, rate: 200, seconds: 0.5 });
  await expect(run).rejects.toThrow('requests failed');
});

it('fails when nobody listens', async () => {
  const run = runPaced(openSite(), { port: await freePort(), connections: 2, rate: 200, seconds: 0.5 });
  await expect(run).rejects.toThrow('ECONNREFUSED');
});
