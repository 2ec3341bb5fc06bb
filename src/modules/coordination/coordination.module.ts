import { type BeforeApplicationShutdown, Module } from '@nestjs/common';
import { BalancerIdentity } from './balancer.identity.js';
import { BalancerRoster } from './balancer.roster.js';
import { Coordination } from './coordination.js';
import { Housekeeping } from './housekeeping.js';
import { LeaseService } from './lease.service.js';
import { OtherBalancers } from './other.balancers.js';

/**
 * Balancers that share a registry: who is there, and who does what only one may do. Needs LEASE_STORE and ROSTER_STORE,
 * which the storage module gives to everybody, and BALANCER_FACTS. Ends in `beforeApplicationShutdown`, while the store
 * is still open.
 */
@Module({
  providers: [BalancerIdentity, LeaseService, BalancerRoster, OtherBalancers, Housekeeping, Coordination],
  exports: [LeaseService, BalancerRoster, OtherBalancers, Coordination],
})
export class CoordinationModule implements BeforeApplicationShutdown {
  constructor(private readonly coordination: Coordination) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.coordination.stop();
  }
}
