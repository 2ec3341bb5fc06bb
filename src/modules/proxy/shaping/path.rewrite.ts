import type { RewriteSettings } from '../../../common/contract/policies/index.js';
import type { ShapedExchange } from './shaped.exchange.js';
import { Template } from './template.js';

const SLASH = 0x2f;

/** Changes the path that backends are asked for; what stands behind it stays byte for byte. Compiled with the snapshot. */
export class PathRewrite {
  private readonly from: string;
  private readonly to: string;
  /** The whole path; null: only a prefix is replaced. */
  private readonly whole: Template | null;

  constructor({ from, to }: RewriteSettings) {
    this.from = from;
    this.to = to;
    this.whole = from === '' ? new Template(to) : null;
  }

  /** Of an exchange whose target is as it was received. */
  apply(exchange: ShapedExchange): void {
    const { target, path } = exchange;
    // OPTIONS asks `*` of the server as a whole.
    if (path === '*') return;
    if (this.whole !== null) exchange.target = this.whole.fill(exchange) + target.slice(path.length);
    else if (this.isBelow(path)) exchange.target = rooted(this.to + target.slice(this.from.length));
  }

  /** Whole segments: `/api` is the beginning of `/api` and `/api/x`, not of `/apix`. */
  private isBelow(path: string): boolean {
    const { length } = this.from;
    return path.startsWith(this.from) && (path.length === length || path.charCodeAt(length) === SLASH);
  }
}

function rooted(target: string): string {
  return target.charCodeAt(0) === SLASH ? target : `/${target}`;
}
