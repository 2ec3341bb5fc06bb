import { createHash } from 'node:crypto';
import type { Snapshot } from '../../common/contract/index.js';

/** Hex digits of the suffix: 32 bits make two registries with one pseudonym unlikely enough. */
const SUFFIX_DIGITS = 8;

/**
 * What we call ourselves in `Via`: the configured name and a suffix of the registry's secret.
 *
 * The suffix keeps two balancers in a chain apart that both run with the default name: without it the second one
 * would take the first one's `Via` for its own and refuse a loop that is none. Balancers that share a registry share
 * the pseudonym, since between them a request does go in circles.
 */
export function pseudonymOf(snapshot: Pick<Snapshot, 'via' | 'affinitySecret'>): string {
  const digest = createHash('sha256').update('velocity/via/').update(snapshot.affinitySecret).digest('hex');
  return `${snapshot.via}-${digest.slice(0, SUFFIX_DIGITS)}`;
}
