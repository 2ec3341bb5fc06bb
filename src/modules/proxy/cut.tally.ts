import type { CutExchanges } from '../../common/contract/index.js';
import type { Exchange } from './exchange.js';

/** Counts what the end of a drain cuts, by service. */
export class CutTally {
  private readonly counts = new Map<string, CutExchanges>();

  add({ service, status }: Exchange): void {
    if (service === null) return;
    const { name } = service.snapshot;
    const { exchanges, tunnels } = this.counts.get(name) ?? { exchanges: 0, tunnels: 0 };
    const isTunnel = status === 101;
    this.counts.set(name, {
      exchanges: exchanges + (isTunnel ? 0 : 1),
      tunnels: tunnels + (isTunnel ? 1 : 0),
    });
  }

  /** By service name. */
  byService(): Readonly<Record<string, CutExchanges>> {
    return Object.fromEntries(this.counts);
  }
}
