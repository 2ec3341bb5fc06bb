import { setTimeout as pause } from 'node:timers/promises';
import { noLongerThan } from '../../../common/patience.js';
import type { OtherBalancers } from '../../coordination/index.js';
import type { BackendChange } from '../../registry/index.js';
import type { BackendChanges } from '../fleet/backend.changes.js';
import type { ScaledBackends } from '../fleet/scaled-backends.js';
import type { ScaledService } from './scaled.service.js';

/** The registry may take so long to learn it. */
const STORED_MS = 3_000;
/** What other balancers have there may take as long as its service drains, but no longer than this. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_MS = 100;

interface FarewellParts {
  readonly changes: Pick<BackendChanges, 'submit'>;
  readonly backends: ScaledBackends;
  readonly others: Pick<OtherBalancers, 'refresh'>;
}

/**
 * Processes end with this balancer: nobody else should send anything there. Resolves when nobody does any more, or when it
 * takes too long.
 */
export async function sayFarewell(parts: FarewellParts, services: readonly ScaledService[]): Promise<void> {
  const leaving = services.flatMap(({ name, fleet }) =>
    fleet.localBackends().map((backend) => ({ service: name, backend })),
  );
  if (leaving.length === 0) return;
  const changes = leaving.map((one): BackendChange => ({ kind: 'remove', ...one }));
  const stored = parts.changes.submit(changes, 'processes end with their balancer').catch(() => undefined);
  await noLongerThan(STORED_MS, stored);
  const drainMs = Math.max(...services.map(({ settings }) => settings.drainMs));
  await leftByOthers(
    parts,
    leaving.map(({ backend }) => backend),
    Math.min(drainMs, LONGEST_WAIT_MS),
  );
}

async function leftByOthers(
  { backends, others }: FarewellParts,
  ids: readonly string[],
  waitMs: number,
): Promise<void> {
  const { revision } = backends;
  const since = Date.now();
  await others.refresh(0);
  while (!ids.every((id) => backends.isLeftElsewhere(id, revision, since)) && Date.now() - since < waitMs) {
    await pause(LOOK_MS);
  }
}
