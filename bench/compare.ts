/*
 * Velocity beside other proxies with equal features, in rounds that alternate between them:
 *   npm run bench -- compare [--rounds 5] [--seconds 5] [--unpinned] [--only velocity,haproxy] [--out DIR] [--dist DIR]
 */
import {
  type Comparison,
  type ContenderReadings,
  mostForeign,
  type RoundReading,
} from './support/comparison.js';
import { costTable, latencyTable } from './support/comparison.tables.js';
import type { Contender, RunningProxy } from './support/contenders/contender.js';
import { CONTENDERS, HAPROXY, VELOCITY_HELD } from './support/contenders/index.js';
import type { RunningVelocity } from './support/contenders/velocity.contender.js';
import { describeMachine } from './support/machine.js';
import { measureLoad } from './support/measured-load.js';
import { MOST_FOREIGN } from './support/neighbours.js';
import { chosen, readOptions } from './support/options.js';
import { type Origin, startOrigin } from './support/origin.js';
import { type PacedResult, runPaced } from './support/paced-load.js';
import { writeResults } from './support/results.js';
import { needProgram, openSite, runToEnd } from './support/site.js';
import { asText, digits } from './support/table.js';
import { verify } from './support/verify.js';
import { runWrk } from './support/wrk.js';

const LOAD_CONNECTIONS = 64;
const LATENCY_CONNECTIONS = 125;
/** Before the rounds: a balancer lives for weeks, so the compilers have done their work, and pools are full. */
const WARM_UP_S = 8;
/** A proxy that is asked for more than this share of its maximum shows its queue, not its latency. */
const MOST_OF_MAXIMUM = 0.8;

const options = readOptions({ rounds: 5, seconds: 5 });
needProgram('wrk');
const site = openSite(options);
const names = chosen(
  CONTENDERS.map(({ name }) => name),
  options.only,
);
const wanted = CONTENDERS.filter(({ name }) => names.includes(name));
const skipped = wanted.filter((contender) => contender.version() === null);
for (const { title } of skipped) console.log(`skipped: ${title} is not installed on this machine`);
const contenders = wanted.filter((contender) => !skipped.includes(contender));

/** A contender that runs, and what it showed so far. */
interface Running {
  readonly contender: Contender;
  readonly proxy: RunningProxy;
  readonly maximum: number;
  readonly rounds: RoundReading[];
}

async function prepare(contender: Contender, origin: Origin): Promise<Running> {
  const proxy = await contender.start(site, { origin, connections: LATENCY_CONNECTIONS });
  await verify(proxy);
  await measureLoad(site, proxy, {
    connections: LOAD_CONNECTIONS,
    seconds: WARM_UP_S,
  });
  const { requestsPerSecond } = await measureLoad(site, proxy, {
    connections: LATENCY_CONNECTIONS,
    seconds: options.seconds,
  });
  console.log(`${contender.title}: ready, ${digits(requestsPerSecond)} requests/s at most`);
  return { contender, proxy, maximum: requestsPerSecond, rounds: [] };
}

function pace(proxy: { readonly port: number }, rate: number): Promise<PacedResult> {
  return runPaced(site, {
    port: proxy.port,
    connections: LATENCY_CONNECTIONS,
    rate,
    seconds: options.seconds,
  });
}

async function measureRound(
  { contender, proxy, maximum }: Running,
  commonRate: number,
): Promise<RoundReading> {
  const load = await measureLoad(site, proxy, { connections: LOAD_CONNECTIONS, seconds: options.seconds });
  if (!load.isSettled)
    throw new Error(`${contender.title} was still busy long after the load: its CPU time is not known`);
  const half = await pace(proxy, maximum / 2);
  const isCommon = commonRate > 0 && commonRate < MOST_OF_MAXIMUM * maximum;
  const common = isCommon ? await pace(proxy, commonRate) : null;
  return { load, half, common };
}

async function measureDirect(origin: Origin, commonRate: number): Promise<Comparison['direct']> {
  const load = { port: origin.port, connections: LOAD_CONNECTIONS, seconds: options.seconds };
  const { requests, durationUs } = await runWrk(site, load);
  const requestsPerSecond = requests / (durationUs / 1e6);
  const { latencyUs } = await pace(origin, commonRate || requestsPerSecond / 4);
  return { requestsPerSecond, latencyUs };
}

async function readingsOf({ contender, proxy, maximum, rounds }: Running): Promise<ContenderReadings> {
  const metrics = await (proxy as Partial<RunningVelocity>).metrics?.();
  const isMeant = contender.name === VELOCITY_HELD;
  const recordsLost = isMeant ? null : (metrics?.get('velocity_access_log_lost_total') ?? null);
  return { name: contender.name, title: contender.title, maximum, rounds, recordsLost };
}

async function main(): Promise<void> {
  const origin = await startOrigin(site);
  const running: Running[] = [];
  for (const contender of contenders) running.push(await prepare(contender, origin));
  const commonRate = (running.find(({ contender }) => contender.name === HAPROXY)?.maximum ?? 0) / 2;
  const direct = await measureDirect(origin, commonRate);
  for (let round = 0; round < options.rounds; round++) {
    // Who comes first changes, so that nobody always follows the same neighbour.
    const turn = round % running.length;
    for (const entry of [...running.slice(turn), ...running.slice(0, turn)]) {
      entry.rounds.push(await measureRound(entry, commonRate));
    }
    console.log(`round ${round + 1} of ${options.rounds}`);
  }
  const comparison: Comparison = {
    connections: { load: LOAD_CONNECTIONS, latency: LATENCY_CONNECTIONS },
    direct,
    contenders: await Promise.all(running.map(readingsOf)),
    skipped: skipped.map(({ title }) => title),
  };
  print(comparison);
  writeResults(options, 'compare', describeMachine(wanted), comparison);
}

function print(comparison: Comparison): void {
  const { direct, connections } = comparison;
  console.log(
    `\norigin without a proxy: ${digits(direct.requestsPerSecond)} requests/s, p99 ${direct.latencyUs.p99} µs`,
  );
  console.log(
    `\n${connections.load} keep-alive connections, small answers, closed loop\n${asText(costTable(comparison))}`,
  );
  console.log(
    `\n${connections.latency} connections, open loop, half of its own maximum\n${asText(latencyTable(comparison, 'half'))}`,
  );
  console.log(`\nthe same at half of HAProxy’s maximum\n${asText(latencyTable(comparison, 'common'))}`);
  const foreign = mostForeign(comparison);
  if (foreign > MOST_FOREIGN) {
    console.log(
      `\nother programs used up to ${digits(foreign * 100)} % of a core meanwhile: measure again on a quiet machine`,
    );
  }
  for (const { title, recordsLost } of comparison.contenders) {
    if (recordsLost) console.log(`${title} lost ${recordsLost} access-log records`);
  }
}

await runToEnd(main);
