import type { ServiceInput } from '../../../common/config/index.js';
import type { DesiredState } from '../../registry/index.js';
import type { ChangeUnit } from './plan.js';

/** Also without a change of the service, what refused it may be gone: a host that another service had, room in memory. */
const FORGET_MS = 30_000;

interface Refusal {
  readonly changes: string;
  readonly service: ServiceInput | undefined;
  readonly reason: string;
  readonly at: number;
}

/** What the registry refused, so that it is not tried again at each look as long as it and its service are as they were. */
export class RefusalMemory {
  private refusals = new Map<string, Refusal>();

  get isEmpty(): boolean {
    return this.refusals.size === 0;
  }

  add(unit: ChangeUnit, reason: string, state: DesiredState, now: number): void {
    const service = serviceIn(state, unit.service);
    this.refusals.set(keyOf(unit), { changes: JSON.stringify(unit.changes), service, reason, at: now });
  }

  /** Empty: it may be tried. */
  reasonFor(unit: ChangeUnit, state: DesiredState, now: number): string {
    const refusal = this.refusals.get(keyOf(unit));
    if (refusal === undefined) return '';
    const isSame =
      now - refusal.at < FORGET_MS &&
      refusal.service === serviceIn(state, unit.service) &&
      refusal.changes === JSON.stringify(unit.changes);
    if (isSame) return refusal.reason;
    this.refusals.delete(keyOf(unit));
    return '';
  }

  /** Those of findings that are no more go by themselves. */
  prune(now: number): void {
    for (const [key, { at }] of this.refusals) if (now - at >= FORGET_MS) this.refusals.delete(key);
  }
}

function serviceIn(state: DesiredState, name: string): ServiceInput | undefined {
  return state.services.find((service) => service.name === name);
}

function keyOf({ kind, source, service, url }: ChangeUnit): string {
  return [kind, source, service, url].join('\n');
}
