import { Injectable } from '@nestjs/common';
import { BalancersPort } from './ports.js';
import type { BalancerList } from './resources/balancer.resource.js';

/** Shows the balancers that share the registry. */
@Injectable()
export class BalancerReader {
  constructor(private readonly balancers: BalancersPort) {}

  async list(): Promise<BalancerList> {
    const items = await this.balancers.list();
    return { items: items.map((balancer) => ({ ...balancer, leases: [...balancer.leases] })) };
  }
}
