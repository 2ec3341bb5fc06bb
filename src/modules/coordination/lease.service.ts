import { Inject, Injectable } from '@nestjs/common';
import { BalancerIdentity } from './balancer.identity.js';
import { LEASE_STORE, type HeldLease, type LeaseStore } from './lease-store.js';
import { Lease, type LeaseSettings } from './lease.js';

/** The leases that this balancer holds or waits for. */
@Injectable()
export class LeaseService {
  private readonly leases: Lease[] = [];

  constructor(
    private readonly identity: BalancerIdentity,
    @Inject(LEASE_STORE) private readonly store: LeaseStore,
  ) {}

  /** Asks for a lease from now on, and keeps it until `stop`. */
  request(settings: Omit<LeaseSettings, 'holder'>): Lease {
    const lease = new Lease(this.store, { ...settings, holder: this.identity.id });
    this.leases.push(lease);
    lease.start();
    return lease;
  }

  /** Who holds what now, over all balancers. Rejects with STORE_UNAVAILABLE. */
  held(): Promise<readonly HeldLease[]> {
    return this.store.held();
  }

  /** Gives everything back: another balancer goes on with it. */
  async stop(): Promise<void> {
    await Promise.all(this.leases.splice(0).map((lease) => lease.stop()));
  }
}
