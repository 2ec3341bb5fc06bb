/*
 * A block list of a million networks: how long it takes to load from its file, how much memory it takes, and what a look-up costs:
 *   npm run bench -- blocklist [--entries 1000000]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { AddressTree, buildTree, readFeed, runInSlices } from '../src/common/addresses/index.js';
import { AddressKey } from '../src/modules/proxy/connections/address.key.js';

const MIB = 1_048_576;
const LOOKUPS = 2_000_000;
const ASKED = 65_536;
const ROUNDS = 5;

const { values } = parseArgs({ options: { entries: { type: 'string', default: '1000000' } } });
const entries = Number(values.entries);
let state = 42;

/** Repeatable, 0 to 2^32 - 1 (mulberry32). */
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}

const dotted = (word: number) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');

/** Three of four are IPv4 of every length from /8 on, most of them single addresses, as feeds are. */
function network(index: number): string {
  if (index % 4 !== 3) {
    const bits = index % 3 === 0 ? 16 + (random() % 17) : 32;
    const word = (random() & (0xffffffff << (32 - bits))) >>> 0;
    return bits === 32 ? dotted(word) : `${dotted(word)}/${bits}`;
  }
  const groups = [0x2000 | (random() & 0x0fff), random() & 0xffff, random() & 0xffff, random() & 0xffff];
  const bits = [32, 48, 56, 64][random() % 4]!;
  const kept = groups.map(
    (group, at) => group & (0xffff << Math.min(16, Math.max(0, 16 * (at + 1) - bits))) & 0xffff,
  );
  return `${kept.map((group) => group.toString(16)).join(':')}::/${bits}`;
}

function addresses(networks: readonly string[], isHit: boolean): Int32Array[] {
  const key = new AddressKey();
  return Array.from({ length: ASKED }, (_, index) => {
    const listed = networks[random() % networks.length]!.split('/')[0]!;
    const other = index % 4 === 3 ? `2a02:${(random() & 0xffff).toString(16)}::1` : dotted(random());
    key.read(isHit ? listed : other);
    return key.words.slice();
  });
}

/** Of this thread: what else runs on the machine counts as little as can be. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function nanoseconds(tree: AddressTree, asked: readonly Int32Array[]): { each: number; found: number } {
  let best = Infinity;
  let found = 0;
  for (let round = 0; round < ROUNDS; round++) {
    found = 0;
    const start = cpuMs();
    for (let count = 0; count < LOOKUPS; count++) if (tree.find(asked[count % ASKED]!) >= 0) found++;
    best = Math.min(best, ((cpuMs() - start) * 1e6) / LOOKUPS);
  }
  return { each: best, found: found / LOOKUPS };
}

const directory = mkdtempSync(path.join(tmpdir(), 'velocity-blocklist-'));
const file = path.join(directory, 'feed.txt');
const networks = Array.from({ length: entries }, (_, index) => network(index));
writeFileSync(file, `# made for a measurement\n${networks.join('\n')}\n`);
const hits = addresses(networks, true);
const misses = addresses(networks, false);
networks.length = 0;
globalThis.gc?.();
const before = process.memoryUsage();
let peak = 0;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
let longestPause = 0;
let last = performance.now();
let isLoading = true;
(function turn() {
  longestPause = Math.max(longestPause, performance.now() - last);
  last = performance.now();
  if (isLoading) setImmediate(turn);
})();
const startCpu = cpuMs();
const start = performance.now();
const list = await readFeed(file);
const parsed = performance.now();
const image = await runInSlices(buildTree([{ networks: list, firstRow: 0 }], [{ flags: 1, expiresAt: 0 }]));
const built = performance.now();
const loadCpu = cpuMs() - startCpu;
isLoading = false;
clearInterval(watch);
rmSync(directory, { recursive: true });
const tree = new AddressTree(image);
const hit = nanoseconds(tree, hits);
const miss = nanoseconds(tree, misses);
const percent = (share: number) => `${(share * 100).toFixed(0)}% found`;
console.log(`${list.size} networks, ${tree.size} of them different
load     ${((built - start) / 1_000).toFixed(2)} s (${((parsed - start) / 1_000).toFixed(2)} s reading, ${((built - parsed) / 1_000).toFixed(2)} s building; ${(loadCpu / 1_000).toFixed(2)} s of CPU)
pause    ${longestPause.toFixed(0)} ms at the longest, of the thread that loads
memory   ${(tree.bytes / MIB).toFixed(0)} MiB the image, ${((list.ipv4.keys.byteLength * 2.25 + list.ipv6.keys.byteLength * 1.3125) / MIB).toFixed(0)} MiB the list, ${((peak - before.rss) / MIB).toFixed(0)} MiB more resident at the peak of loading
look-up  ${hit.each.toFixed(0)} ns for listed addresses (${percent(hit.found)}), ${miss.each.toFixed(0)} ns for others (${percent(miss.found)})`);
