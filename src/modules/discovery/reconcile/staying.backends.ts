import type { Fitness } from './plan.js';

/** What vanished is kept at most so long for what replaces it. */
const HOLD_MS = 10_000;

/**
 * The enabled backends of each service that are there to stay. Servers are often replaced by others in one step: what
 * vanished goes on serving until the first probes of what came say that it can take over.
 */
export class StayingBackends {
  private readonly services = new Map<string, { undecided: number; available: number; out: number }>();

  add(service: string, fitness: Fitness): void {
    const counts = this.services.get(service) ?? { undecided: 0, available: 0, out: 0 };
    counts[fitness]++;
    this.services.set(service, counts);
  }

  /** Whether what was lost so long ago may drain now. Where nothing stays there is nothing to wait for. */
  canTakeOver(service: string, lostForMs: number): boolean {
    const counts = this.services.get(service);
    if (counts === undefined || lostForMs >= HOLD_MS) return true;
    return counts.undecided === 0 && counts.available > 0;
  }
}
