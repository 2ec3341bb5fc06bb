/*
 * How the price of a request moves with one quantity at a time:
 *   npm run bench -- curves [--seconds 2] [--only size,idle,active,backends,services,hosts,workers] [--out DIR] [--dist DIR]
 */
import { VELOCITY } from './support/contenders/index.js';
import type { Contender } from './support/contenders/contender.js';
import { Haproxy } from './support/contenders/haproxy.contender.js';
import { Velocity, type VelocityOptions } from './support/contenders/velocity.contender.js';
import type { Curve, CurvePoint } from './support/curve.js';
import { curveTable } from './support/curve.js';
import { descriptorLimit, mostActiveConnections } from './support/descriptors.js';
import { openIdleClients } from './support/idle-clients.js';
import { describeMachine } from './support/machine.js';
import { manyBackends, manyServices } from './support/many-backends.js';
import { measureLoad } from './support/measured-load.js';
import { chosen, readOptions } from './support/options.js';
import { startOrigin } from './support/origin.js';
import { readResults, writeResults } from './support/results.js';
import { needProgram, openSite, runToEnd, type Site } from './support/site.js';
import { asText } from './support/table.js';
import type { WrkOptions } from './support/wrk.js';

const haproxy = new Haproxy('haproxy', 'HAProxy', 'stdout');

const KIB = 1_024;
const CONNECTIONS = 64;
const SIZES_KIB = [0.1, 1, 10, 100, 1_000];
const WARM_UP_S = 3;
const SERVICES = [1, 100, 10_000];
/** Thousands of probes never rest, and what the control plane does is not part of a curve. */
const SETTLE_MS = 1_000;
const NAMES = ['size', 'idle', 'active', 'backends', 'services', 'hosts', 'workers'] as const;
type CurveName = (typeof NAMES)[number];

const options = readOptions({ rounds: 1, seconds: 2 });
needProgram('wrk');
const names = chosen(NAMES, options.only);
const site = openSite(options);
const origin = await startOrigin(site, SIZES_KIB.map(bytesOf));

interface PointOptions {
  readonly at: number;
  readonly velocity?: VelocityOptions;
  readonly contender?: Contender;
  readonly idle?: number;
  readonly load?: Partial<WrkOptions>;
  readonly site?: Site;
}

function bytesOf(kib: number): number {
  return Math.round(kib * KIB);
}

/** A proxy of its own for each point: what an earlier one left behind does not count. */
async function measurePoint(point: PointOptions): Promise<CurvePoint> {
  const place = point.site ?? site;
  const { contender = new Velocity(VELOCITY, 'Velocity', point.velocity), idle = 0 } = point;
  const load = { connections: CONNECTIONS, seconds: options.seconds, settleMs: SETTLE_MS, ...point.load };
  const proxy = await contender.start(place, { origin, connections: load.connections + idle });
  await measureLoad(place, proxy, { ...load, seconds: secondsFor(load.connections) });
  const clients = idle > 0 ? await openIdleClients(place, proxy.port, idle) : null;
  const reading = await measureLoad(place, proxy, load);
  if (clients !== null) {
    clients.assertRuns();
    await place.children.stop(clients);
  }
  await place.children.stop(proxy.child);
  return { at: point.at, reading };
}

async function measureCurve(title: string, unit: string, points: readonly PointOptions[]): Promise<Curve> {
  const measured: CurvePoint[] = [];
  for (const point of points) measured.push(await measurePoint(point));
  const curve: Curve = { title, unit, points: measured };
  console.log(`\n${title}\n${asText(curveTable(curve))}`);
  return curve;
}

/** The same curve of Velocity and, where installed, of HAProxy. */
async function both(title: string, unit: string, points: readonly PointOptions[]): Promise<readonly Curve[]> {
  const curves = [await measureCurve(`Velocity: ${title}`, unit, points)];
  if (haproxy.version() === null) return curves;
  const theirs = points.map((point) => ({ ...point, contender: haproxy }));
  return [...curves, await measureCurve(`HAProxy: ${title}`, unit, theirs)];
}

/** Thousands of connections need seconds until each was served once. */
function secondsFor(connections: number): number {
  return Math.max(options.seconds, WARM_UP_S + connections / 2_000);
}

function spread(most: number): readonly number[] {
  return [1, 10, 100, 1_000, 10_000].filter((value) => value < most).concat(most);
}

const CURVES: Readonly<Record<CurveName, () => Promise<readonly Curve[]>>> = {
  size: () =>
    both(
      'response size',
      'KiB',
      SIZES_KIB.map((at) => ({ at, load: { target: `/size/${bytesOf(at)}` } })),
    ),
  idle: async () => {
    const most = Math.min(10_000, descriptorLimit() - 500);
    const points = [0, 100, 1_000, most].map((at) => ({ at, idle: at }));
    return [
      await measureCurve(
        `Velocity: idle connections beside ${CONNECTIONS} active ones`,
        'connections',
        points,
      ),
    ];
  },
  active: () => {
    const most = Math.min(10_000, mostActiveConnections());
    if (most < 10_000) console.log(`active connections end at ${most}: ulimit -n is ${descriptorLimit()}`);
    return both(
      'active connections',
      'connections',
      spread(most).map((at) => ({ at, load: { connections: at, seconds: secondsFor(at) } })),
    );
  },
  backends: async () => {
    const points = [10, 100, 1_000, 10_000].map((at) => ({
      at,
      velocity: { services: manyBackends(origin, at) },
    }));
    return [await measureCurve('Velocity: backends of one service, least connections', 'backends', points)];
  },
  services: async () => {
    const points = SERVICES.map((at) => ({
      at,
      velocity: { services: manyServices(origin, at) },
      load: { hosts: 1 },
    }));
    return [await measureCurve('Velocity: services, one of them asked for', 'services', points)];
  },
  hosts: async () => {
    const points = SERVICES.map((at) => ({
      at,
      velocity: { services: manyServices(origin, at) },
      load: { hosts: at },
    }));
    return [await measureCurve('Velocity: services, all asked for in turn', 'services', points)];
  },
  workers: async () => {
    // Two workers on one core would only share it.
    const free = { ...site, pins: { proxy: null, load: null } };
    const points = [1, 2].map((at) => ({ at, velocity: { workers: at }, site: free }));
    return [await measureCurve('Velocity: workers, nothing pinned', 'workers', points)];
  },
};

type Curves = Record<string, readonly Curve[]>;

/** Curves that were measured before on the same commit stay, so that `--only` can renew one of them. */
await runToEnd(async () => {
  const machine = describeMachine([new Velocity(VELOCITY, 'Velocity'), haproxy]);
  const earlier = readResults<Curves>(options, 'curves');
  const curves: Curves = earlier?.machine.commit === machine.commit ? earlier.body : {};
  for (const name of names) {
    curves[name] = await CURVES[name]();
    writeResults(options, 'curves', machine, curves);
  }
});
