import { zstdCompressSync } from 'node:zlib';
import type { DesiredState } from '../desired-state.js';
import { statePrint } from '../prints.js';
import type { ContentChain, RevisionContent } from '../registry-store.js';
import { stateDifference } from './state-difference.js';

/** What this build writes, and the highest that it reads. */
export const CONTENT_FORMAT = 1;
/** So many differences are put together at most to read a revision. */
const MAX_DIFFERENCES = 50;
/** A document of MongoDB holds 16 MiB. */
export const PART_BYTES = 8 * 1_024 * 1_024;

export interface WrittenContent {
  readonly content: RevisionContent;
  readonly chain: ContentChain;
}

/** What stands before the new revision; null: nothing that a difference could rest on. */
export interface ContentBase {
  readonly state: DesiredState;
  readonly chain: ContentChain | null;
}

/**
 * The content of a new revision: the difference to the one before it, unless the whole is due, because many differences
 * have gathered or together have become larger than the whole.
 */
export function writeContent(base: ContentBase | null, state: DesiredState, number: number): WrittenContent {
  return differenceTo(base, state, number) ?? whole(state, number);
}

function differenceTo(base: ContentBase | null, state: DesiredState, number: number): WrittenContent | null {
  const chain = base?.chain ?? null;
  if (base === null || chain === null || chain.format !== CONTENT_FORMAT) return null;
  // A balancer that keeps no contents may have written in between.
  if (chain.number !== number - 1 || number - chain.start > MAX_DIFFERENCES) return null;
  const data = compressed(stateDifference(base.state, state));
  const differenceBytes = chain.differenceBytes + data.length;
  if (differenceBytes > chain.wholeBytes) return null;
  const content = contentOf(state, number, chain.start, data);
  return { content, chain: { ...chain, number, differenceBytes } };
}

function whole(state: DesiredState, number: number): WrittenContent {
  const data = compressed(state);
  return {
    content: contentOf(state, number, number, data),
    chain: { number, format: CONTENT_FORMAT, start: number, wholeBytes: data.length, differenceBytes: 0 },
  };
}

function contentOf(state: DesiredState, number: number, start: number, data: Uint8Array): RevisionContent {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < data.length; from += PART_BYTES)
    parts.push(data.subarray(from, from + PART_BYTES));
  return { number, format: CONTENT_FORMAT, start, digest: statePrint(state).digest, parts };
}

function compressed(value: unknown): Buffer {
  return zstdCompressSync(JSON.stringify(value));
}
