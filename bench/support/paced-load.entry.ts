/*
 * Open-loop load, a process of its own: PORT CONNECTIONS RATE SECONDS. Prints one JSON line.
 *
 * Requests arrive as those of many independent clients do: by a Poisson process of the given rate, whether or not earlier
 * ones are answered. A request that finds no free connection waits here, and its latency counts from its arrival, so a
 * proxy that stalls pays for everybody who would have asked meanwhile (no coordinated omission).
 */
import { writeFileSync } from 'node:fs';
import { PacedConnection } from './paced-connection.js';
import { percentile } from './statistics.js';

const [port = 0, connections = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
/** Not recorded: connections open, the proxy wakes up. */
const WARM_UP_SHARE = 0.1;
/** Time for answers after the last arrival. */
const GRACE_MS = 3_000;
/** The event loop's timers know whole milliseconds: between arrivals we sleep on a futex, so that the origin has the core. */
const LONGEST_NAP_MS = 0.02;
const SHORTEST_NAP_MS = 0.004;
const EXPECTED = Math.ceil(rate * seconds * 1.5) + 1_000;

const nap = new Int32Array(new SharedArrayBuffer(4));
const latencies = new Float64Array(EXPECTED);
const lags = new Float64Array(EXPECTED);
const waiting = new Float64Array(EXPECTED);
const connected: PacedConnection[] = [];
const free: PacedConnection[] = [];
let [arrived, sent, answered, recorded, failed] = [0, 0, 0, 0, 0];
let isFinished = false;
let seed = 0x9e3779b9;

/** The same arrivals for every proxy: xorshift32. */
function gapMs(): number {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (-Math.log(((seed >>> 0) + 1) / 4_294_967_297) * 1_000) / rate;
}

function onAnswer(connection: PacedConnection, isOk: boolean): void {
  answered++;
  if (!isOk) failed++;
  else if (connection.arrivedAt >= recordFrom) {
    latencies[recorded] = performance.now() - connection.arrivedAt;
    lags[recorded++] = connection.sentAt - connection.arrivedAt;
  }
  free.push(connection);
}

function onBroken(connection: PacedConnection): void {
  if (isFinished) return;
  failed++;
  if (connection.isBusy) answered++;
}

await Promise.all(
  Array.from({ length: connections }, async () => {
    const connection = new PacedConnection(port, { onAnswer, onBroken });
    await connection.opened;
    connected.push(connection);
    free.push(connection);
  }),
);
try {
  // The kernel rounds sleeps up by 50 us for ordinary processes.
  writeFileSync('/proc/self/timerslack_ns', '1000');
} catch {
  // Sleeps are longer then; `lagUs` in the result tells.
}

const start = performance.now();
const recordFrom = start + seconds * 1_000 * WARM_UP_SHARE;
const end = start + seconds * 1_000;
let next = start + gapMs();

function turn(): void {
  const now = performance.now();
  for (; next <= now && next < end && arrived < EXPECTED; next += gapMs()) waiting[arrived++] = next;
  while (sent < arrived && free.length > 0) free.pop()!.send(waiting[sent++]!, performance.now());
  if (now > end && (answered >= sent || now > end + GRACE_MS)) return finish();
  const restMs = Math.min(LONGEST_NAP_MS, next - performance.now());
  if (restMs >= SHORTEST_NAP_MS) Atomics.wait(nap, 0, 0, restMs);
  setImmediate(turn);
}

function finish(): void {
  isFinished = true;
  const us = (values: Float64Array, share: number) => Math.round(percentile(values, share) * 1_000);
  const sorted = latencies.subarray(0, recorded).sort();
  const sortedLags = lags.subarray(0, recorded).sort();
  console.log(
    JSON.stringify({
      rate,
      arrived,
      answered,
      recorded,
      failed: failed + (arrived - answered),
      latencyUs: { p50: us(sorted, 0.5), p99: us(sorted, 0.99), p999: us(sorted, 0.999) },
      lagUs: { p50: us(sortedLags, 0.5), p99: us(sortedLags, 0.99) },
    }),
  );
  // Not process.exit: Node 26 was seen to hang in it for ever while V8 compiles in the background.
  for (const connection of connected) connection.close();
}

turn();
