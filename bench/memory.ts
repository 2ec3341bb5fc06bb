/*
 * Resident memory at the start, of idle client connections, and while one GiB streams through:
 *   npm run bench -- memory [--rounds 3] [--only velocity,haproxy,nginx] [--out DIR] [--dist DIR]
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Contender, RunningProxy } from './support/contenders/contender.js';
import { Haproxy } from './support/contenders/haproxy.contender.js';
import { HAPROXY, VELOCITY, VELOCITY_HTTP } from './support/contenders/index.js';
import { nginx } from './support/contenders/nginx.contender.js';
import { Velocity } from './support/contenders/velocity.contender.js';
import { descriptorLimit } from './support/descriptors.js';
import { freePort } from '../test/support/free-ports.js';
import { openIdleClients } from './support/idle-clients.js';
import { describeMachine } from './support/machine.js';
import { type MemoryReading, memoryTable } from './support/memory.js';
import { chosen, readOptions } from './support/options.js';
import { type Origin, startOrigin } from './support/origin.js';
import { readPeak, readResident } from './support/process-reading.js';
import { processTree } from './support/process-tree.js';
import { writeResults } from './support/results.js';
import { openSite, runToEnd } from './support/site.js';
import { median } from './support/statistics.js';
import { asText } from './support/table.js';
import { untilServed } from './support/until-served.js';

const haproxy = new Haproxy('haproxy', 'HAProxy', 'stdout');

const BODY_BYTES = 1_073_741_824;
/** One body before, so that buffers, code and heap have the size that streaming needs; the extra is what 1 GiB adds. */
const WARM_UP_BYTES = 8_388_608;
const IDLE_MS = 3_000;
const CONNECTIONS = Math.min(5_000, descriptorLimit() - 500);
/** Connections before the count: pools and tables that all later ones share. */
const FIRST_CONNECTIONS = 200;
const ORIGIN_ENTRY = path.join(import.meta.dirname, 'support/body-origin.entry.mjs');
const CLIENT_ENTRY = path.join(import.meta.dirname, 'support/body-client.entry.mjs');

const CONTENDERS: readonly Contender[] = [
  new Velocity(VELOCITY, 'Velocity, 2 workers', { workers: 2 }),
  new Velocity(VELOCITY_HTTP, 'Velocity, 2 workers, HTTP lane', { workers: 2, lane: 'http' }),
  haproxy,
  nginx,
];
const options = readOptions({ rounds: 3, seconds: 1 });
const names = chosen([VELOCITY, VELOCITY_HTTP, HAPROXY, nginx.name], options.only);
const site = openSite({ ...options, pinned: false });
const contenders = CONTENDERS.filter(({ name }) => names.includes(name));

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function start(contender: Contender, origin: Origin): Promise<RunningProxy> {
  return contender.start(site, { origin, connections: CONNECTIONS + FIRST_CONNECTIONS });
}

async function measureStart(contender: Contender, origin: Origin): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const proxy = await start(contender, origin);
    await rest(IDLE_MS);
    values.push(readResident(proxy.child.pid));
    await site.children.stop(proxy.child);
  }
  return median(values);
}

async function measureConnections(contender: Contender, origin: Origin): Promise<number> {
  const proxy = await start(contender, origin);
  const first = await openIdleClients(site, proxy.port, FIRST_CONNECTIONS);
  await rest(IDLE_MS);
  const before = readResident(proxy.child.pid);
  const clients = await openIdleClients(site, proxy.port, CONNECTIONS);
  await rest(IDLE_MS);
  const after = readResident(proxy.child.pid);
  clients.assertRuns();
  await Promise.all([first, clients, proxy.child].map((child) => site.children.stop(child)));
  return (after - before) / CONNECTIONS;
}

/** Peak of the resident memory while a body streams, beyond what it was before. */
async function measureBody(contender: Contender, origin: Origin, direction: 'down' | 'up'): Promise<number> {
  const proxy = await start(contender, origin);
  await stream(proxy, direction, WARM_UP_BYTES);
  await rest(IDLE_MS);
  for (const pid of processTree(proxy.child.pid)) resetPeak(pid);
  const before = readResident(proxy.child.pid);
  await stream(proxy, direction, BODY_BYTES);
  const peak = readPeak(proxy.child.pid);
  await site.children.stop(proxy.child);
  return Math.max(0, peak - before);
}

/** VmHWM starts anew from what is resident now (proc(5), clear_refs). */
function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

async function stream(proxy: RunningProxy, direction: 'down' | 'up', bytes: number): Promise<void> {
  const arrived = await site.children.run({
    name: 'body client',
    command: process.execPath,
    args: [CLIENT_ENTRY, String(proxy.port), direction, String(bytes)],
    cores: null,
  });
  if (Number(arrived) !== bytes)
    throw new Error(`${proxy.child.name}: ${arrived.trim()} of ${bytes} bytes came through`);
}

async function startBodyOrigin(): Promise<Origin> {
  const port = await freePort();
  const child = site.children.start({
    name: 'origin of bodies',
    command: process.execPath,
    args: [ORIGIN_ENTRY, String(port)],
    cores: null,
  });
  await untilServed(port, child);
  return { port, child };
}

await runToEnd(async () => {
  const [origin, bodies] = [await startOrigin(site), await startBodyOrigin()];
  const readings: MemoryReading[] = [];
  for (const contender of contenders) {
    if (contender.version() === null) {
      console.log(`skipped: ${contender.title} is not installed on this machine`);
      continue;
    }
    readings.push({
      name: contender.name,
      title: contender.title,
      atStart: await measureStart(contender, origin),
      perConnection: await measureConnections(contender, origin),
      connections: CONNECTIONS,
      down: await measureBody(contender, bodies, 'down'),
      up: await measureBody(contender, bodies, 'up'),
      bodyBytes: BODY_BYTES,
    });
    console.log(`${contender.title}: measured`);
  }
  console.log(`\n${asText(memoryTable(readings))}`);
  writeResults(options, 'memory', describeMachine(contenders), readings);
});
