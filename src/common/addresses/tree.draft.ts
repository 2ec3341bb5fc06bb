import { buildTree, type TreeRow, type TreeSource } from './address-tree.builder.js';
import { NetworkList } from './network.list.js';
import { NetworkReader } from './network.reader.js';
import type { SlicedWork } from './sliced-work.js';

/** What a tree shall hold. Rows are numbered in the order of their adding. */
export class TreeDraft {
  private readonly own = new NetworkList();
  private readonly sources: TreeSource[] = [{ networks: this.own, firstRow: 0 }];
  private readonly rows: TreeRow[] = [];
  private readonly reader = new NetworkReader();

  /** Networks so far, those that are there twice included. */
  get size(): number {
    return this.sources.reduce((sum, { networks }) => sum + networks.size, 0);
  }

  /** Adds one network with a row of its own. Throws a TypeError for what is none: configurations are checked before. */
  add(cidr: string, row: TreeRow): void {
    if (!this.tryAdd(cidr, row)) throw new TypeError(`${cidr} is no network`);
  }

  /** The same of a text that may be anything; false: it is no network, and was not added. */
  tryAdd(cidr: string, row: TreeRow): boolean {
    if (this.reader.readText(cidr) !== null) return false;
    this.own.add(this.reader, this.rows.length);
    this.rows.push(row);
    return true;
  }

  /** Adds networks that share a row: their own row numbers must be 0. */
  addAll(networks: NetworkList, row: TreeRow): void {
    this.sources.push({ networks, firstRow: this.rows.length });
    this.rows.push(row);
  }

  build(): SlicedWork<SharedArrayBuffer> {
    return buildTree(this.sources, this.rows);
  }
}
