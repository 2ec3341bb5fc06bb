import type { PublishedService } from '../../data-plane/index.js';
import type { BackendShares } from './replay.report.js';
import { type Decision, goesByKey, type ReplayStage } from './replay.stage.js';

interface ServiceShares {
  readonly before: Map<string, number>;
  readonly after: Map<string, number>;
  reassigned: number;
}

/** Counts how exchanges spread over the backends of services whose algorithm goes by a key. */
export class ShareTally {
  private readonly services = new Map<string, ServiceShares>();

  constructor(
    private readonly present: ReplayStage,
    private readonly proposed: ReplayStage,
  ) {}

  add(before: Decision, after: Decision): void {
    if (before.backend !== null) increase(this.of(before.service!).before, before.backend);
    if (after.backend === null) return;
    const shares = this.of(after.service!);
    increase(shares.after, after.backend);
    const isReassigned =
      before.backend !== null && before.service === after.service && before.backend !== after.backend;
    if (isReassigned) shares.reassigned++;
  }

  /** Of the services that go by a key in the proposal and were asked for at all. */
  list(): BackendShares[] {
    return [...this.services].flatMap(([name, shares]) => {
      const service = this.proposed.services.get(name);
      return service !== undefined && goesByKey(service) ? [this.sharesOf(service, shares)] : [];
    });
  }

  private sharesOf(service: PublishedService, { before, after, reassigned }: ServiceShares): BackendShares {
    const { name, algorithm } = service.snapshot;
    const present = this.present.services.get(name);
    const isComparable = present !== undefined && goesByKey(present);
    const urls = new Map(
      [...(present?.snapshot.backends ?? []), ...service.snapshot.backends].map(({ id, url }) => [id, url]),
    );
    const backends = [...urls].map(([id, url]) => ({
      id,
      url,
      before: isComparable ? (before.get(id) ?? 0) : null,
      after: after.get(id) ?? 0,
    }));
    return { service: name, algorithm: algorithm.name, reassigned, backends };
  }

  private of(service: string): ServiceShares {
    let shares = this.services.get(service);
    if (shares === undefined) {
      shares = { before: new Map(), after: new Map(), reassigned: 0 };
      this.services.set(service, shares);
    }
    return shares;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
