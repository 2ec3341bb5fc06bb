import { HeadWord, JUMP_BITS, JUMPS, TREE_LAYOUT, treeBytes, TreeParts } from './address.tree.js';
import type { NetworkColumn, NetworkList } from './network.list.js';
import { ordered } from './network.order.js';
import { prefixMask } from './network.reader.js';
import type { SlicedWork } from './sliced-work.js';

/** What is known of all networks of a row. */
export interface TreeRow {
  /** Bits, whatever they mean. */
  readonly flags: number;
  /** Unix milliseconds; 0: never. */
  readonly expiresAt: number;
}

/** Networks, and what must be added to their row numbers. */
export interface TreeSource {
  readonly networks: NetworkList;
  readonly firstRow: number;
}

/** Networks after which others of the thread may run. */
const SLICE = 8_192;
/** From as many networks on, a table of 256 KiB for the first bits costs less than testing them. */
const JUMPS_FROM = 4_096;

/** One family of a tree on its way: sorted, without those that say the same twice. */
interface Family {
  readonly width: 1 | 4;
  readonly size: number;
  readonly keys: Int32Array;
  readonly bits: Uint8Array;
  readonly rows: Int32Array;
  /** The smallest network around each; -1: none. */
  readonly parents: Int32Array;
  /** Those without another inside of them, in order: what the branches lead to. */
  readonly leaves: Int32Array;
}

/** Builds the image of a tree (see AddressTree) over all networks of the sources. Takes 24 bytes for one of IPv4, 36 for one of IPv6. */
export function* buildTree(
  sources: readonly TreeSource[],
  rows: readonly TreeRow[],
): SlicedWork<SharedArrayBuffer> {
  const ipv4 = yield* family(sources, 'ipv4');
  const ipv6 = yield* family(sources, 'ipv6');
  const hasJumps4 = ipv4.leaves.length >= JUMPS_FROM;
  const hasJumps6 = ipv6.leaves.length >= JUMPS_FROM;
  const shape = { ipv4: ipv4.size, ipv6: ipv6.size, rows: rows.length, hasJumps4, hasJumps6 };
  const buffer = new SharedArrayBuffer(treeBytes(shape));
  const parts = new TreeParts(buffer, shape);
  rows.forEach(({ flags, expiresAt }, row) => {
    parts.flags[row] = flags;
    parts.expiries[row] = expiresAt;
    parts.head[HeadWord.flags]! |= flags;
  });
  place(parts, ipv4, 0);
  place(parts, ipv6, ipv4.size);
  parts.head[HeadWord.layout] = TREE_LAYOUT;
  parts.head[HeadWord.ipv4] = ipv4.size;
  parts.head[HeadWord.ipv6] = ipv6.size;
  parts.head[HeadWord.rows] = rows.length;
  parts.head[HeadWord.jumps4] = hasJumps4 ? 1 : 0;
  parts.head[HeadWord.jumps6] = hasJumps6 ? 1 : 0;
  const tree4 = { children: parts.children4, branches: parts.branches4, first: 0 };
  const tree6 = { children: parts.children6, branches: parts.branches6, first: ipv4.size };
  parts.head[HeadWord.root4] = yield* branch(ipv4, tree4);
  parts.head[HeadWord.root6] = yield* branch(ipv6, tree6);
  if (hasJumps4) fillJumps(parts.jumps4, tree4, parts.head[HeadWord.root4]!);
  yield;
  if (hasJumps6) fillJumps(parts.jumps6, tree6, parts.head[HeadWord.root6]!);
  return buffer;
}

function* family(sources: readonly TreeSource[], name: 'ipv4' | 'ipv6'): SlicedWork<Family> {
  const joined = yield* join(sources.map(({ networks, firstRow }) => ({ column: networks[name], firstRow })));
  const order = yield* ordered(joined.keys, joined.bits, joined.width);
  return yield* nest(joined, order);
}

type Joined = Pick<Family, 'width' | 'keys' | 'bits' | 'rows'>;

function* join(
  columns: readonly { readonly column: NetworkColumn; readonly firstRow: number }[],
): SlicedWork<Joined> {
  const width = columns[0]?.column.width ?? 1;
  const size = columns.reduce((sum, { column }) => sum + column.size, 0);
  const keys = new Int32Array(size * width);
  const bits = new Uint8Array(size);
  const rows = new Int32Array(size);
  let at = 0;
  for (const { column, firstRow } of columns) {
    keys.set(column.keys.subarray(0, column.size * width), at * width);
    bits.set(column.bits.subarray(0, column.size), at);
    for (let index = 0; index < column.size; index++) rows[at + index] = column.rows[index]! + firstRow;
    at += column.size;
    yield;
  }
  return { width, keys, bits, rows };
}

/** Puts networks in their order, and finds around each the smallest other one. */
function* nest(joined: Joined, order: Int32Array): SlicedWork<Family> {
  const { width } = joined;
  const keys = new Int32Array(order.length * width);
  const bits = new Uint8Array(order.length);
  const rows = new Int32Array(order.length);
  const parents = new Int32Array(order.length);
  const leaves = new Int32Array(order.length);
  let size = 0;
  let leafCount = 0;
  for (let index = 0; index < order.length; index++) {
    if (index % SLICE === SLICE - 1) yield;
    const from = order[index]!;
    for (let word = 0; word < width; word++) keys[size * width + word] = joined.keys[from * width + word]!;
    bits[size] = joined.bits[from]!;
    rows[size] = joined.rows[from]!;
    let parent = size - 1;
    while (parent >= 0 && !holds(keys, bits[parent]!, parent * width, size * width))
      parent = parents[parent]!;
    if (isRepeated(parent, size, bits, rows)) continue;
    parents[size] = parent;
    // The one before is a leaf unless this one lies in it.
    if (size > 0 && parent !== size - 1) leaves[leafCount++] = size - 1;
    size++;
  }
  if (size > 0) leaves[leafCount++] = size - 1;
  return { width, size, keys, bits, rows, parents, leaves: leaves.subarray(0, leafCount) };
}

/** A network that is the same as the one around it is kept only when it says something else: so lookups stay bounded. */
function isRepeated(parent: number, entry: number, bits: Uint8Array, rows: Int32Array): boolean {
  return parent >= 0 && bits[parent] === bits[entry] && rows[parent] === rows[entry];
}

function holds(keys: Int32Array, bits: number, outer: number, inner: number): boolean {
  for (let word = 0; word * 32 < bits; word++) {
    if (((keys[outer + word]! ^ keys[inner + word]!) & prefixMask(bits - word * 32)) !== 0) return false;
  }
  return true;
}

function place(parts: TreeParts, one: Family, first: number): void {
  const keys = first === 0 && one.width === 1 ? parts.keys4 : parts.keys6;
  keys.set(one.keys.subarray(0, one.size * one.width));
  parts.prefixes.set(one.bits.subarray(0, one.size), first);
  parts.rows.set(one.rows.subarray(0, one.size), first);
  for (let entry = 0; entry < one.size; entry++) {
    const parent = one.parents[entry]!;
    parts.parents[first + entry] = parent < 0 ? -1 : parent + first;
  }
}

interface Branches {
  readonly children: Int32Array;
  readonly branches: Uint8Array;
  /** Number of the first entry of the family. */
  readonly first: number;
}

/**
 * The branches between neighbouring leaves, as a tree whose smallest bit is on top; returns its root. Branch `n` parts the
 * leaves up to `n` from those behind, below the branches that part earlier; one pass with the rightmost way as its stack.
 */
function* branch(
  { keys, width, leaves }: Family,
  { children, branches, first }: Branches,
): SlicedWork<number> {
  if (leaves.length === 0) return 0;
  const leaf = (index: number) => ~(leaves[index]! + first);
  const way = new Int32Array(width * 32 + 1);
  let depth = 0;
  for (let index = 0; index + 1 < leaves.length; index++) {
    if (index % SLICE === SLICE - 1) yield;
    const bit = partingBit(keys, leaves[index]! * width, leaves[index + 1]! * width, width);
    let left = leaf(index);
    while (depth > 0 && branches[way[depth - 1]!]! > bit) left = way[--depth]!;
    branches[index] = bit;
    children[index * 2] = left;
    children[index * 2 + 1] = leaf(index + 1);
    if (depth > 0) children[way[depth - 1]! * 2 + 1] = index;
    way[depth++] = index;
  }
  return depth === 0 ? leaf(0) : way[0]!;
}

/** Leaves lie apart, so some bit of their prefixes differs. */
function partingBit(keys: Int32Array, left: number, right: number, width: number): number {
  for (let word = 0; word < width; word++) {
    const differs = keys[left + word]! ^ keys[right + word]!;
    if (differs !== 0) return word * 32 + Math.clz32(differs);
  }
  throw new TypeError('two leaves are the same network');
}

/** Where each value of the first bits leads to. */
function fillJumps(jumps: Int32Array, { children, branches }: Branches, root: number): void {
  for (let value = 0; value < JUMPS; value++) {
    let at = root;
    while (at >= 0 && branches[at]! < JUMP_BITS) {
      at = children[at * 2 + ((value >>> (JUMP_BITS - 1 - branches[at]!)) & 1)]!;
    }
    jumps[value] = at;
  }
}
