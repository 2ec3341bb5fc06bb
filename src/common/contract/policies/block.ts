import type { AddressEntry } from './globals.js';

/** Who may not ask for anything, and who may whatever else says. */
export interface BlockPolicy {
  readonly blocklist: readonly AddressEntry[];
  readonly allowlist: readonly AddressEntry[];
}

export const NO_BLOCKING: BlockPolicy = { blocklist: [], allowlist: [] };
