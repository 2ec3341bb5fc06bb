/*
 * What the access log costs the threads that serve: a balancer that keeps a full one beside a balancer that keeps none, in
 * rounds that alternate. CPU time of the workers alone; what becomes of the records afterwards is not theirs.
 *   npm run bench -- access-log-worker [--rounds 7] [--seconds 3] [--unpinned] [--out DIR] [--dist DIR]
 */
import type { RunningProxy } from './support/contenders/contender.js';
import { Velocity } from './support/contenders/velocity.contender.js';
import { describeMachine } from './support/machine.js';
import { readOptions } from './support/options.js';
import { type Origin, startOrigin } from './support/origin.js';
import { writeResults } from './support/results.js';
import { needProgram, openSite, runToEnd } from './support/site.js';
import { median } from './support/statistics.js';
import { asText, digits } from './support/table.js';
import { readServingThreads } from './support/thread-times.js';
import { verify } from './support/verify.js';
import { runWrk } from './support/wrk.js';

const CONNECTIONS = 64;
/** The compilers have done their work, and pools are full. */
const WARM_UP_S = 6;
/** What a full access log may cost the workers. */
const MOST = 1.08;
/** As a browser sends it: what is recorded of a request is in it. */
const HEADERS = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Referer: https://shop.example.com/catalogue/shoes',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.9',
];
const TARGETS = { plain: '/', query: '/?page=2&size=50&q=running+shoes' } as const;

interface Running {
  readonly title: string;
  readonly proxy: RunningProxy;
  /** Microseconds of the workers' CPU time for a request, by round. */
  readonly rounds: number[];
}

const options = readOptions({ rounds: 7, seconds: 3 });
needProgram('wrk');
const site = openSite(options);

async function load({ port }: RunningProxy, target: string, seconds: number): Promise<number> {
  const { requests } = await runWrk(site, {
    port,
    target,
    connections: CONNECTIONS,
    seconds,
    headers: HEADERS,
  });
  return requests;
}

async function prepare(title: string, accessLog: boolean, origin: Origin): Promise<Running> {
  const velocity = new Velocity(`access-log-${title}`, `access log ${title}`, { lane: 'wire', accessLog });
  const proxy = await velocity.start(site, { origin, connections: CONNECTIONS });
  await verify(proxy);
  await load(proxy, TARGETS.query, WARM_UP_S);
  return { title, proxy, rounds: [] };
}

async function measure({ proxy, rounds }: Running, target: string): Promise<void> {
  const { pid } = proxy.child;
  const before = readServingThreads(pid);
  const requests = await load(proxy, target, options.seconds);
  rounds.push((readServingThreads(pid) - before) / requests);
  proxy.child.assertRuns();
}

/** Both sides with one target; answers the ratio of each round. */
async function compare(off: Running, on: Running, target: string): Promise<readonly number[]> {
  off.rounds.length = 0;
  on.rounds.length = 0;
  for (let round = 0; round < options.rounds; round++) {
    // Who comes first changes, so that nobody always follows the other.
    for (const side of round % 2 === 0 ? [off, on] : [on, off]) await measure(side, target);
  }
  return on.rounds.map((us, round) => us / off.rounds[round]!);
}

async function main(): Promise<void> {
  const origin = await startOrigin(site);
  const off = await prepare('off', false, origin);
  const on = await prepare('on', true, origin);
  const rows: string[][] = [];
  const results: Record<string, object> = {};
  for (const [name, target] of Object.entries(TARGETS)) {
    const ratios = await compare(off, on, target);
    const [offUs, onUs, ratio] = [median(off.rounds), median(on.rounds), median(ratios)];
    const range = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`;
    rows.push([name, digits(offUs), digits(onUs), ratio.toFixed(3), range, verdict(ratio)]);
    results[name] = { off: [...off.rounds], on: [...on.rounds], ratios, ratio };
  }
  const head = ['request', 'off, µs', 'on, µs', 'ratio', 'rounds', ''];
  console.log(`CPU time of the workers for a request:\n\n${asText({ head, rows })}`);
  writeResults(options, 'access-log-worker', describeMachine([]), results);
}

function verdict(ratio: number): string {
  return ratio <= MOST ? `within ${MOST}` : `ABOVE ${MOST}`;
}

await runToEnd(main);
