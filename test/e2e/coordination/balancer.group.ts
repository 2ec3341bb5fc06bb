import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { Stage, configOf } from '../../support/balanced.js';
import type { BalancerProcess, StartOptions } from '../../support/balancer-process.js';
import { eventually } from '../../support/eventually.js';
import { request } from '../../support/load.js';

export interface RevisionItem {
  readonly number: number;
  readonly origin: string;
  readonly author: string;
  readonly changes: readonly string[];
}

export interface BackendItem {
  readonly id: string;
  readonly url: string;
  readonly weight: number;
}

/** Balancers on one store, each with a file of its own, and what is asked of them. */
export class BalancerGroup {
  private readonly stage = new Stage();

  backend() {
    return this.stage.backend();
  }

  join(storage: object, services: readonly object[], options: StartOptions = {}): Promise<BalancerProcess> {
    return this.stage.balancer(configOf(services, { storage, workers: 1 }), options);
  }
}

/** A service that nobody probes: what is desired runs at once. */
export function serviceOf(name: string, ...urls: readonly string[]): object {
  return {
    name,
    hosts: [`${name}.test`],
    backends: urls.map((url) => ({ url })),
    health: { type: 'none' },
  };
}

/** Saves the file of a balancer as editors do: into another file, which then takes the name. */
export async function saveFile(
  balancer: BalancerProcess,
  storage: object,
  services: readonly object[],
): Promise<void> {
  const draft = path.join(balancer.dir, '.velocity.yml.swp');
  await writeFile(draft, JSON.stringify(configOf(services, { storage, workers: 1 })));
  await rename(draft, balancer.configPath);
}

/** Port of the backend that answers; 0: none does. */
export async function servedBy(balancer: BalancerProcess, name: string): Promise<number> {
  const answer = await request({ port: balancer.trafficPort, host: `${name}.test` });
  return answer.status === 200 ? (JSON.parse(answer.body) as { port: number }).port : 0;
}

/** Resolves with the milliseconds until traffic of the service reaches this backend (0: none). */
export async function reaches(balancer: BalancerProcess, name: string, port: number): Promise<number> {
  const begun = performance.now();
  await eventually(async () => expect(await servedBy(balancer, name)).toBe(port), 10_000);
  return Math.round(performance.now() - begun);
}

export async function backendsOf(balancer: BalancerProcess, name: string): Promise<readonly BackendItem[]> {
  const answer = await balancer.api<{ backends: BackendItem[] }>('GET', `/api/v1/services/${name}`);
  expect(answer.status).toBe(200);
  return answer.body.backends;
}

export async function revisionsOf(balancer: BalancerProcess): Promise<readonly RevisionItem[]> {
  const answer = await balancer.api<{ items: RevisionItem[] }>('GET', '/api/v1/revisions?limit=1000');
  expect(answer.status).toBe(200);
  return answer.body.items;
}

/** What the balancers run, when all run the same revision. */
export async function agreement(...balancers: readonly BalancerProcess[]): Promise<unknown> {
  return eventually(async () => {
    const states = await Promise.all(
      balancers.map(async (balancer) => {
        const status = await balancer.api<{ revision: number }>('GET', '/api/v1/status');
        const config = await balancer.api('GET', '/api/v1/config');
        return { revision: status.body.revision, config: config.body };
      }),
    );
    for (const state of states) expect(state).toEqual(states[0]);
    return states[0]!.config;
  });
}
