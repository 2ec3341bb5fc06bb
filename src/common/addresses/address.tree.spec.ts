import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressTree } from './address.tree.js';
import { buildTree } from './address-tree.builder.js';
import { NetworkList } from './network.list.js';
import { NetworkReader, prefixMask } from './network.reader.js';
import { networkText } from './network.text.js';
import { runInSlices, runWhole } from './sliced-work.js';

interface Network {
  readonly words: readonly number[];
  readonly bits: number;
  readonly isIpv4: boolean;
}

const read = (text: string): NetworkReader => {
  const reader = new NetworkReader();
  expect(reader.readText(text)).toBeNull();
  return reader;
};

function listOf(texts: readonly string[]): NetworkList {
  const networks = new NetworkList();
  texts.forEach((text, row) => networks.add(read(text), row));
  return networks;
}

function treeOver(texts: readonly string[]): AddressTree {
  const rows = texts.map(() => ({ flags: 0, expiresAt: 0 }));
  return new AddressTree(runWhole(buildTree([{ networks: listOf(texts), firstRow: 0 }], rows)));
}

/** What the entry and all around it are, the smallest first. */
function found(tree: AddressTree, address: string): string[] {
  const texts: string[] = [];
  for (let entry = tree.find(read(address).words); entry >= 0; entry = tree.parentOf(entry)) {
    texts.push(networkText(tree.networkOf(entry)));
  }
  return texts;
}

describe('a tree of networks', () => {
  it('finds the smallest network first, then those around it', () => {
    const tree = treeOver([
      '10.0.0.0/8',
      '10.1.0.0/16',
      '10.1.2.3',
      '0.0.0.0/0',
      '2001:db8::/32',
      '2001:db8::7',
    ]);
    expect(found(tree, '10.1.2.3')).toEqual(['10.1.2.3', '10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']);
    expect(found(tree, '10.1.2.4')).toEqual(['10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']);
    expect(found(tree, '11.0.0.1')).toEqual(['0.0.0.0/0']);
    expect(found(tree, '2001:db8::7')).toEqual(['2001:db8::7', '2001:db8::/32']);
    expect(found(tree, '2001:db9::')).toEqual([]);
  });

  it('takes an address in IPv4-mapped form for the same as in IPv4', () => {
    const tree = treeOver(['::ffff:192.0.2.0/120', '::/64']);
    expect(found(tree, '192.0.2.9')).toEqual(['192.0.2.0/24']);
    expect(found(tree, '::ffff:c000:209')).toEqual(['192.0.2.0/24']);
    expect(found(tree, '192.0.3.9')).toEqual([]);
    expect(found(tree, '::9')).toEqual(['::/64']);
  });

  it('holds nothing without an entry, and everything below /0', () => {
    expect(found(treeOver([]), '192.0.2.1')).toEqual([]);
    expect(found(treeOver([]), '2001:db8::1')).toEqual([]);
    expect(found(treeOver(['::/0']), '192.0.2.1')).toEqual([]);
    expect(found(treeOver(['::/0']), 'ffff::1')).toEqual(['::/0']);
    expect(found(treeOver(['0.0.0.0/0']), '255.255.255.255')).toEqual(['0.0.0.0/0']);
  });

  it('keeps one of many that say the same, and each of those that say something else', () => {
    const networks = new NetworkList();
    for (let count = 0; count < 100; count++) networks.add(read('192.0.2.0/24'), 0);
    networks.add(read('192.0.2.0/24'), 1);
    const rows = [
      { flags: 1, expiresAt: 5 },
      { flags: 2, expiresAt: 0 },
    ];
    const tree = new AddressTree(runWhole(buildTree([{ networks, firstRow: 0 }], rows)));
    expect(tree.size).toBe(2);
    const entry = tree.find(read('192.0.2.1').words);
    const around = tree.parentOf(entry);
    expect([tree.rowOf(entry), tree.rowOf(around), tree.parentOf(around)]).toEqual([1, 0, -1]);
    expect([tree.flags, tree.flagsOf(1), tree.expiryOf(0)]).toEqual([3, 2, 5]);
  });

  it('numbers the rows of several sources one behind the other', () => {
    const one = listOf(['10.0.0.0/8']);
    const other = listOf(['11.0.0.0/8', '2001:db8::/32']);
    const rows = [0, 1, 2].map((flags) => ({ flags, expiresAt: 0 }));
    const sources = [
      { networks: one, firstRow: 0 },
      { networks: other, firstRow: 1 },
    ];
    const tree = new AddressTree(runWhole(buildTree(sources, rows)));
    const row = (address: string) => tree.rowOf(tree.find(read(address).words));
    expect([row('10.1.1.1'), row('11.1.1.1'), row('2001:db8::1')]).toEqual([0, 1, 2]);
  });

  it('refuses a memory of another layout', () => {
    expect(() => new AddressTree(new SharedArrayBuffer(64))).toThrow('another layout');
  });
});

/** Few distinct bits, so that networks lie inside of each other and addresses near them. */
const word = fc.oneof(fc.constantFrom(0, -1, 1, 0x0a000000, 0x0a010203), fc.integer());
const family = fc.boolean();
const address = fc.tuple(family, word, word, word, word);

function network([isIpv4, ...words]: [boolean, number, number, number, number], length: number): Network {
  const bits = length % (isIpv4 ? 33 : 129);
  if (isIpv4) return { words: [0, 0, 0xffff, words[3]! & prefixMask(bits)], bits, isIpv4 };
  const first = words[0] === 0 ? 0x20010db8 : words[0]!;
  return {
    words: [first, words[1], words[2], words[3]].map((one, index) => one & prefixMask(bits - 32 * index)),
    bits,
    isIpv4,
  };
}

function lies(words: Int32Array, isIpv4: boolean, inside: Network): boolean {
  if (isIpv4 !== inside.isIpv4) return false;
  const bits = isIpv4 ? inside.bits + 96 : inside.bits;
  return inside.words.every((one, index) => ((one ^ words[index]!) & prefixMask(bits - 32 * index)) === 0);
}

describe('any networks and addresses', () => {
  const networks = fc.array(fc.tuple(address, fc.nat(128)), { maxLength: 60 });

  it('are found as by looking at each', async () => {
    await fc.assert(
      fc.asyncProperty(networks, fc.array(address, { maxLength: 30 }), async (drawn, addresses) => {
        const all = drawn.map(([from, length]) => network(from, length));
        const tree = await treeOf(all);
        const hosts = [...addresses.map((one) => network(one, one[0] ? 32 : 128)), ...all];
        for (const { words, isIpv4 } of hosts) {
          const asked = Int32Array.from(words);
          expect(rowsAround(tree, asked)).toEqual(rowsByLooking(all, asked, isIpv4));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are found among thousands, which have jumps', async () => {
    const random = mulberry(7);
    const all = Array.from({ length: 20_000 }, (_, index) => {
      const isIpv4 = index % 2 === 0;
      const words: [boolean, number, number, number, number] = [
        isIpv4,
        0x2a000000 | (random() & 0xff0fff),
        random() & 0x3f,
        0,
        random(),
      ];
      return network(words, isIpv4 ? 8 + Math.abs(random() % 25) : 20 + Math.abs(random() % 109));
    });
    const tree = await treeOf(all);
    for (const { words, isIpv4 } of all.slice(0, 300)) {
      const near = Int32Array.from(words);
      near[3]! ^= random() & 3;
      expect(rowsAround(tree, near)).toEqual(rowsByLooking(all, near, isIpv4));
    }
  });
});

async function treeOf(all: readonly Network[]): Promise<AddressTree> {
  const networks = new NetworkList();
  const reader = new NetworkReader();
  all.forEach(({ words, bits, isIpv4 }, row) => {
    reader.words.set(words);
    Object.assign(reader, { bits, isIpv4 });
    networks.add(reader, row);
  });
  const rows = all.map(() => ({ flags: 0, expiresAt: 0 }));
  return new AddressTree(await runInSlices(buildTree([{ networks, firstRow: 0 }], rows)));
}

function rowsByLooking(all: readonly Network[], words: Int32Array, isIpv4: boolean): number[] {
  return all.flatMap((one, row) => (lies(words, isIpv4, one) ? [row] : []));
}

/** What the tree finds, checked to be the smaller before the larger. */
function rowsAround(tree: AddressTree, words: Int32Array): number[] {
  const rows: number[] = [];
  let last = 129;
  for (let entry = tree.find(words); entry >= 0; entry = tree.parentOf(entry)) {
    const { bits } = tree.networkOf(entry);
    expect(bits).toBeLessThanOrEqual(last);
    last = bits;
    rows.push(tree.rowOf(entry));
  }
  return rows.toSorted((a, b) => a - b);
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const bits = Math.imul(state ^ (state >>> 15), state | 1);
    return bits ^ (bits + Math.imul(bits ^ (bits >>> 7), bits | 61));
  };
}
