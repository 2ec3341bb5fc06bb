/*
 * What the traffic policies cost: a balancer with all of them on beside one with all of them off, in rounds that alternate.
 * Nothing is refused or repeated. Keys that a build does not know are left out, and named.
 *   npm run bench -- policies [--rounds 7] [--seconds 4] [--unpinned] [--out DIR] [--dist DIR]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { parseConfigText } from '../src/common/config/index.js';
import { isVelocityError } from '../src/common/errors/index.js';
import type { RunningProxy } from './support/contenders/contender.js';
import { Velocity } from './support/contenders/velocity.contender.js';
import { backendsOf } from './support/contenders/contender.js';
import { describeMachine } from './support/machine.js';
import { type LoadReading, measureLoad } from './support/measured-load.js';
import { MOST_FOREIGN } from './support/neighbours.js';
import { readOptions } from './support/options.js';
import { type Origin, startOrigin } from './support/origin.js';
import { writeResults } from './support/results.js';
import { needProgram, openSite, runToEnd } from './support/site.js';
import { median } from './support/statistics.js';
import { asText, digits } from './support/table.js';
import { verify } from './support/verify.js';

const CONNECTIONS = 64;
/** Before the rounds: a balancer lives for weeks, so the compilers have done their work, and pools are full. */
const WARM_UP_S = 8;
/** What all policies together may cost. */
const MOST = 1.1;
const UNKNOWN_KEY = /is no known key/;

/** One side of the comparison, as policies.yml has it. */
interface Side {
  readonly settings: object;
  readonly service: object;
}

/** A side that runs, and what each round showed. */
interface Running {
  readonly title: string;
  readonly proxy: RunningProxy;
  readonly rounds: LoadReading[];
}

const options = readOptions({ rounds: 7, seconds: 4 });
needProgram('wrk');
const site = openSite(options);
const sides = parse(readFileSync(path.join(import.meta.dirname, 'policies.yml'), 'utf8')) as {
  readonly off: Side;
  readonly on: Side;
};

function configurationOf({ settings, service }: Side, origin: Origin): Record<string, unknown> {
  const backends = backendsOf(origin).map((address) => `http://${address}`);
  return { ...settings, services: [{ name: 'bench', backends, ...service }] };
}

/** The same without keys that this build does not know. */
function known(configuration: Record<string, unknown>, title: string): Record<string, unknown> {
  try {
    parseConfigText(JSON.stringify(configuration), title, {});
    return configuration;
  } catch (error) {
    if (!isVelocityError(error, 'CONFIG_INVALID')) throw error;
    const issues = error.issues;
    const other = issues.find(({ message }) => !UNKNOWN_KEY.test(message));
    if (other !== undefined)
      throw new Error(`policies.yml: ${title}: ${other.path}: ${other.message}`, { cause: error });
    const left = structuredClone(configuration);
    for (const { path: key } of issues) remove(left, key);
    console.log(
      `${title}: left out, as this build does not know: ${issues.map((issue) => issue.path).join(', ')}`,
    );
    return known(left, title);
  }
}

/** @param key Such as `services[0].queue.hold`. */
function remove(root: object, key: string): void {
  const steps = key.split(/[.[\]]+/).filter((step) => step !== '');
  const last = steps.pop()!;
  const owner = steps.reduce(
    (node, step) => node[step] as Record<string, unknown>,
    root as Record<string, unknown>,
  );
  delete owner[last];
}

async function prepare(title: string, side: Side, origin: Origin): Promise<Running> {
  const { services, ...settings } = known(configurationOf(side, origin), title);
  const name = `velocity-policies-${title}`;
  const velocity = new Velocity(name, `policies ${title}`, {
    lane: 'wire',
    // Writing records is no part of a request, and the same on both sides.
    isStoreHeld: true,
    services: services as object[],
    settings,
  });
  const proxy = await velocity.start(site, { origin, connections: CONNECTIONS });
  await verify(proxy);
  await measureLoad(site, proxy, { connections: CONNECTIONS, seconds: WARM_UP_S });
  return { title, proxy, rounds: [] };
}

/** Medians over the rounds, and the ratio within each round. */
function print(off: Running, on: Running, ratios: readonly number[]): void {
  const row = ({ title, rounds }: Running) => [
    `policies ${title}`,
    digits(median(rounds.map(({ cpuUs }) => cpuUs))),
    digits(median(rounds.map(({ othersUs }) => othersUs))),
    digits(median(rounds.map(({ requestsPerSecond }) => requestsPerSecond))),
  ];
  const head = ['', 'CPU µs/request', 'of that, worker', 'requests/s'];
  console.log(`\n${asText({ head, rows: [row(off), row(on)] })}`);
  const ratio = median(ratios);
  const range = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
  console.log(`\nratio on/off: ${ratio.toFixed(3)} (rounds: ${range}), ${verdict(ratio)}`);
  const foreign = Math.max(...[...off.rounds, ...on.rounds].map((load) => load.foreign));
  if (foreign > MOST_FOREIGN) {
    console.log(
      `other programs used up to ${digits(foreign * 100)} % of a core meanwhile: measure again on a quiet machine`,
    );
  }
}

function verdict(ratio: number): string {
  return ratio <= MOST ? `within ${MOST}` : `ABOVE ${MOST}`;
}

async function main(): Promise<void> {
  const origin = await startOrigin(site);
  const off = await prepare('off', sides.off, origin);
  const on = await prepare('on', sides.on, origin);
  for (let round = 0; round < options.rounds; round++) {
    // Who comes first changes, so that nobody always follows the other.
    for (const side of round % 2 === 0 ? [off, on] : [on, off]) {
      side.rounds.push(
        await measureLoad(site, side.proxy, { connections: CONNECTIONS, seconds: options.seconds }),
      );
    }
    console.log(`round ${round + 1} of ${options.rounds}`);
  }
  const ratios = on.rounds.map(({ cpuUs }, round) => cpuUs / off.rounds[round]!.cpuUs);
  print(off, on, ratios);
  writeResults(options, 'policies', describeMachine([]), {
    off: off.rounds,
    on: on.rounds,
    ratios,
    ratio: median(ratios),
  });
}

await runToEnd(main);
