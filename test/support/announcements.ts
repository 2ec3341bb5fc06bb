import { expect } from 'vitest';
import type { BalancerProcess } from './balancer-process.js';
import { eventually } from './eventually.js';

interface Listed {
  readonly items: readonly {
    readonly self: boolean;
    readonly seenAt: number;
    readonly leases: readonly string[];
  }[];
}

async function itself(balancer: BalancerProcess): Promise<Listed['items'][number]> {
  const { body } = await balancer.api<Listed>('GET', '/api/v1/balancers');
  return body.items.find(({ self }) => self)!;
}

/** Resolves when the balancer has said so many times what it has, from now on. */
export async function announcements(balancer: BalancerProcess, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const before = (await itself(balancer)).seenAt;
    await eventually(async () => expect((await itself(balancer)).seenAt).toBeGreaterThan(before));
  }
}

export async function holdsLease(balancer: BalancerProcess, name: string): Promise<boolean> {
  return (await itself(balancer)).leases.includes(name);
}
