import type { Revision } from '../../registry/index.js';

/** `backend http://10.0.0.7:8080 of shop: state enabled -> draining`, as revisions say it. */
const LINE = /^backend (\S+) of (.+): (added|removed|state \S+ -> (\S+))/;

/**
 * Backends whose last change of state was a drain by discovery, as `service`, a line feed, and URL. So a backend that was
 * being drained when the balancer was stopped is enabled again when it is found, and one that the operator drained is not.
 *
 * @param revisions Newest first.
 */
export function drainedByDiscovery(
  revisions: readonly Pick<Revision, 'origin' | 'changes'>[],
): ReadonlySet<string> {
  const seen = new Set<string>();
  const drained = new Set<string>();
  for (const { origin, changes } of revisions) {
    for (const line of changes) {
      const match = LINE.exec(line);
      if (match === null) continue;
      const key = `${match[2]}\n${match[1]}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (origin === 'discovery' && match[4] === 'draining') drained.add(key);
    }
  }
  return drained;
}
