import { hash } from 'node:crypto';
import type { Cube, Resolution, Rollup } from '../../logging/log-store.js';

/** 128 bits. */
const DIGEST_CHARACTERS = 22;

/**
 * `access_rollups`: the exchanges of one time and one place that one balancer has seen. Only the dimensions that its cube
 * has are there. docs/analytics.md has every field.
 */
export interface RollupDocument {
  /** Start, resolution, and a digest of the rest that tells it apart: neighbours in time are neighbours in the index. */
  readonly _id: string;
  /** Id of the spool. */
  readonly source: string;
  /** Last consignment of the source that is in it. */
  readonly sequence: number;
  readonly cube: Cube;
  readonly resolution: Resolution;
  readonly start: Date;
  readonly service: string;
  readonly backend?: string;
  readonly status?: number;
  readonly dropReason?: string;
  readonly path?: string;
  readonly client?: string;
  readonly requests: number;
  readonly errors: number;
  readonly drops: number;
  readonly retries: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly totalUs: number;
  /** Exchanges by bucket of latency. */
  readonly latency?: Readonly<Record<string, number>>;
}

/**
 * One of the `updates` that add a roll-up once: a document that has this consignment already does not match, and to make
 * it anew fails with a duplicate key.
 */
export function rollupStatement(rollup: Rollup, source: string, sequence: number): object {
  const { cube, resolution, start, service } = rollup;
  return {
    q: { _id: rollupId(rollup, source), sequence: { $lt: sequence } },
    u: {
      $inc: sumsOf(rollup),
      $set: { sequence },
      $setOnInsert: {
        source,
        cube,
        resolution,
        start: new Date(start),
        service,
        ...dimensionsOf(rollup),
      },
    },
    upsert: true,
  };
}

function rollupId(rollup: Rollup, source: string): string {
  const { cube, resolution, start, service, backend, status, dropReason, path, client } = rollup;
  const rest = JSON.stringify([source, cube, service, backend, status, dropReason, path, client]);
  return `${start.toString(36)}.${resolution}.${hash('sha256', rest, 'base64url').slice(0, DIGEST_CHARACTERS)}`;
}

function dimensionsOf({ cube, backend, status, dropReason, path, client }: Rollup): Partial<RollupDocument> {
  if (cube === 'traffic') return { backend, status, dropReason };
  return cube === 'paths' ? { path } : { client };
}

function sumsOf(rollup: Rollup): Record<string, number> {
  const { requests, errors, drops, retries, bytesIn, bytesOut, totalUs, latency } = rollup;
  const sums: Record<string, number> = { requests, errors, drops, retries, bytesIn, bytesOut, totalUs };
  for (const [bucket, count] of latency) sums[`latency.${bucket}`] = count;
  return sums;
}
