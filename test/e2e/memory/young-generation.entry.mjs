/*
 * Says how far the young generation grows, in MiB: in the main thread while it is held back, then in a worker, then in the
 * main thread again. Run with transpiled-sources.mjs; arguments go to StartHeap as Node's options.
 */
import { once } from 'node:events';
import { getHeapSpaceStatistics } from 'node:v8';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const ENOUGH_MIB = 24;

function youngMiB() {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  return Math.round(space.physical_space_size / 1024 / 1024);
}

/** Makes garbage of which much survives a while, which makes V8 enlarge the young generation: so long, or until it has. */
function grown(rounds) {
  let survivors = [];
  for (let round = 0; round < rounds && (round < 60 || youngMiB() < ENOUGH_MIB); round++) {
    const made = [];
    for (let index = 0; index < 20_000; index++) made.push({ index, list: [index] });
    survivors = made;
  }
  return survivors.length === 0 ? 0 : youngMiB();
}

if (isMainThread) {
  const { StartHeap } = await import('../../../src/control-plane/start.heap.js');
  const heap = new StartHeap(process.argv.slice(2));
  heap.hold();
  const held = grown(60);
  heap.release();
  const [worker] = await once(new Worker(new URL(import.meta.url)), 'message');
  process.stdout.write(JSON.stringify({ held, worker, released: grown(600) }));
} else {
  parentPort.postMessage(grown(600));
}
