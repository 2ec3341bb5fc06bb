import { type Comparison, mostForeign } from './comparison.js';
import { costTable, latencyTable } from './comparison.tables.js';
import { type Curve, curveTable } from './curve.js';
import type { ProfileSummary } from './cpu-profile.js';
import { profileTables } from './cpu-profile.tables.js';
import { goalTable } from './goals.js';
import type { Machine } from './machine.js';
import { type MemoryReading, memoryTable } from './memory.js';
import { MOST_FOREIGN } from './neighbours.js';
import type { Results } from './results.js';
import { asMarkdown, digits } from './table.js';

/** The newest results; null: not measured. */
export interface AllResults {
  readonly compare: Results<Comparison> | null;
  readonly curves: Results<Readonly<Record<string, readonly Curve[]>>> | null;
  readonly memory: Results<readonly MemoryReading[]> | null;
  readonly profile: Results<{ readonly summary: ProfileSummary }> | null;
}

/** `docs/benchmarks.md`. */
export function benchmarkPage(results: AllResults): string {
  const { compare, curves, memory, profile } = results;
  const goals = goalTable({
    comparison: compare?.body ?? null,
    curves: curves?.body ?? null,
    memory: memory?.body ?? null,
  });
  return [
    '# Benchmarks',
    '<!-- Generated from the last results by `npm run bench -- report`: measure again instead of editing. -->',
    compare === null ? '' : '![CPU per request of each proxy](benchmarks.svg)',
    '## What shall hold',
    asMarkdown(goals),
    compare === null ? '' : warning(compare.body),
    compare === null ? '' : comparisonSection(compare),
    curves === null ? '' : curvesSection(curves),
    memory === null ? '' : memorySection(memory),
    profile === null ? '' : profileSection(profile),
    HOW,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Empty when the machine was ours alone. */
function warning(comparison: Comparison): string {
  const most = mostForeign(comparison);
  if (most <= MOST_FOREIGN) return '';
  return `**Other programs used up to ${digits(most * 100)} % of a core during a round: measure again on a quiet machine before quoting these figures.**`;
}

function comparisonSection({ body, machine, how }: Results<Comparison>): string {
  const { direct, connections, contenders, skipped } = body;
  const lost = contenders
    .filter(({ recordsLost }) => recordsLost)
    .map(({ title, recordsLost }) => `${title} lost ${recordsLost} records of its access log.`);
  return `## Beside other proxies

${origin(machine)} Rounds: ${how.rounds}, of ${how.seconds} s each measurement, ${how.pinned ? 'each proxy on one core of its own, origin and load on the others' : 'nothing pinned to a core'}.

${connections.load} keep-alive connections, small answers, closed loop. Values are medians over the rounds, ratios are medians of the ratios of each round.

${asMarkdown(costTable(body))}

${connections.latency} connections, open loop, at half of what each proxy can do at most:

${asMarkdown(latencyTable(body, 'half'))}

The same at half of what HAProxy can do at most, where that is below 80 % of the proxy’s own maximum:

${asMarkdown(latencyTable(body, 'common'))}

The origin without a proxy answers ${digits(direct.requestsPerSecond)} requests/s; its p99 at half of HAProxy’s maximum is ${direct.latencyUs.p99} µs: the floor.
${[...lost, ...skipped.map((title) => `${title} is not installed on this machine.`)].join(' ')}`;
}

function curvesSection({ body, machine, how }: Results<Readonly<Record<string, readonly Curve[]>>>): string {
  const curves = Object.values(body).flat();
  const tables = curves.map((curve) => `### ${curve.title}\n\n${asMarkdown(curveTable(curve))}`);
  return `## Curves

${origin(machine)} ${how.seconds} s each point, one process for each. For Velocity the CPU is that of all threads but the control plane’s, whose probes and records have a column of their own.

${tables.join('\n\n')}`;
}

function memorySection({ body, machine, how }: Results<readonly MemoryReading[]>): string {
  return `## Memory

${origin(machine)} Resident memory: at the start after 3 s of rest, the median of ${how.rounds}; for each of ${body[0]?.connections ?? 0} idle keep-alive connections that made one request; and at the peak (VmHWM) while 1 GiB streams through, beyond what was resident before it. No collection of garbage is forced. Processes of one proxy are added up, so what they share counts in each.

${asMarkdown(memoryTable(body))}`;
}

function profileSection({ body, machine, how }: Results<{ readonly summary: ProfileSummary }>): string {
  const tables = profileTables(body.summary).map(([title, table]) => `### ${title}\n\n${asMarkdown(table)}`);
  return `## Where a worker’s time goes

${origin(machine)} V8’s sampling profiler on the worker’s thread, ${how.seconds} s under full load. System calls count in the native function that makes them.

${tables.join('\n\n')}`;
}

function origin(machine: Machine): string {
  const memory = `${(machine.memoryBytes / 1_073_741_824).toFixed(0)} GiB`;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return `Commit ${machine.commit}, ${machine.date.slice(0, 10)}. ${machine.cpu}, ${machine.cores} cores, ${memory}, ${machine.system}. ${[...new Set(versions)].join(', ')}.`;
}

const HOW = `## How it is measured

\`npm run bench -- compare\`, \`curves\` and \`memory\`, and \`npm run bench:profile\`, each write their results; \`npm run bench -- report\` makes this page of the last ones. \`--rounds\`, \`--seconds\`, \`--only\`, \`--unpinned\`, \`--dist\` and \`--out\` change what is run and where results go.

- **Equal features.** Every proxy balances over two addresses by round robin, keeps upstream connections, adds \`X-Forwarded-For\` and writes an access log. Before a measurement each is checked for the right body, the header, reused upstream connections and a growing log; one failed request in a round fails the run. HAProxy and nginx keep a table of request rates by client address with a limit that is never reached; Velocity has no rate limits yet. HAProxy, Caddy and Velocity probe the backends every 5 s, nginx only counts failures. HAProxy has no log file of its own: it writes line by line to standard output, here a file, or sends each line to a syslog daemon (whose own CPU is not counted), as its manual wants it outside of containers; nginx writes in batches. http-proxy-middleware runs alone on \`node:http\`: no log, no probes, one address after the other. Velocity is the whole product: control plane, SQLite store and records in it.
- **CPU per request** is user and system time of all processes of the proxy (\`/proc/PID/stat\`) over the requests answered. It is read after the proxy came to rest, so work that it put off counts.
- **The store.** Velocity writes a record of each request into a database that can be queried, which no other does; “with the store” has it all. “CPU µs/request” leaves the writing out: it is all that every thread used in the same round of a second Velocity, “records not written”, whose database is held by another process. There records are made, encoded, handed over to the control plane and kept until too many wait.
- **Requests/s** is what one core gave, with the control plane and its store on that same core; “records not written” is what the worker does when the writing has a core of its own. “Per core” is the reciprocal of CPU per request. “Busy” is the CPU that the proxy used while the load ran: below 95 %, load or neighbours were the limit, and CPU per request is the figure to read. “Others” is what programs that do not belong to the measurement used of one core: above 10 %, measure again.
- **Latency** comes from a generator of our own. Requests arrive by a Poisson process at a fixed rate, the same sequence for every proxy, over 125 connections; latency counts from the arrival, also when no connection is free, so a stall is paid by all who would have asked meanwhile (no coordinated omission). “Generator p99” is how late requests were sent: it is part of the latency, and grows with the proxy’s when connections run out.
- **Neighbours.** Rounds alternate and their order rotates, and ratios are taken within a round, because the speed of a shared machine drifts. Origin and generator share a core on a machine with two, which limits response sizes above 10 KiB and the latency’s floor. Loopback: the cost of a network card is not in any figure.
- **Bounds.** Active connections end where a process may open no more files, as each also needs one upstream; the tables show how far it went. Bodies come from files in memory.`;
