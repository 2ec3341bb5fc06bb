/*
 * Where a worker's time goes under load, by V8's sampling profiler:
 *   npm run bench:profile [-- --seconds 5] [--out DIR] [--dist DIR]
 * The samples themselves are kept beside the result, for Chrome's developer tools.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { VELOCITY } from './support/contenders/index.js';
import { Velocity } from './support/contenders/velocity.contender.js';
import { type CpuProfile, summarize } from './support/cpu-profile.js';
import { profileTables } from './support/cpu-profile.tables.js';
import { describeMachine } from './support/machine.js';
import { measureLoad } from './support/measured-load.js';
import { readOptions } from './support/options.js';
import { startOrigin } from './support/origin.js';
import { writeResults } from './support/results.js';
import { needProgram, openSite, runToEnd } from './support/site.js';
import { asText, digits } from './support/table.js';

const CONNECTIONS = 64;
/** Left out of the profile: the start, and the compilers' first work. */
const WARM_UP_S = 3;
/** The profile ends before the load does. */
const MARGIN_MS = 500;
const PRELOAD = path.join(import.meta.dirname, 'support/profiled-worker.preload.mjs');
const WRITTEN_DEADLINE_MS = 10_000;

const options = readOptions({ rounds: 1, seconds: 5 });
needProgram('wrk');
const site = openSite(options);

/** The file is complete when its rename has happened. */
async function profileIn(folder: string): Promise<string> {
  const deadline = performance.now() + WRITTEN_DEADLINE_MS;
  while (performance.now() < deadline) {
    const name = existsSync(folder)
      ? readdirSync(folder).find((file) => file.endsWith('.cpuprofile'))
      : undefined;
    if (name !== undefined) return path.join(folder, name);
    await rest(50);
  }
  throw new Error(`no profile was written in ${WRITTEN_DEADLINE_MS} ms`);
}

await runToEnd(async () => {
  const origin = await startOrigin(site);
  const profiles = path.join(site.folder, 'profiles');
  mkdirSync(profiles);
  const velocity = new Velocity(VELOCITY, 'Velocity', {
    nodeArgs: ['--import', PRELOAD],
    env: {
      BENCH_PROFILE: JSON.stringify({
        folder: profiles,
        lengthMs: Math.max(MARGIN_MS, options.seconds * 1_000 - MARGIN_MS),
      }),
    },
  });
  const proxy = await velocity.start(site, { origin, connections: CONNECTIONS });
  await measureLoad(site, proxy, { connections: CONNECTIONS, seconds: WARM_UP_S });
  process.kill(proxy.child.pid, 'SIGUSR2');
  const load = await measureLoad(site, proxy, { connections: CONNECTIONS, seconds: options.seconds });
  const file = await profileIn(profiles);
  const summary = summarize(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, options.dist);
  for (const [title, table] of profileTables(summary)) console.log(`\n${title}\n${asText(table)}`);
  console.log(`\nCPU ${digits(load.cpuUs)} µs per request with the profiler on`);
  mkdirSync(options.out, { recursive: true });
  copyFileSync(file, path.join(options.out, 'velocity-worker.cpuprofile'));
  writeResults(options, 'profile', describeMachine([velocity]), { load, summary });
});
