import type { RegistryService } from '../../registry/index.js';

/** How a guard ends, and why in words. */
export interface Settlement {
  readonly verdict: 'confirmed' | 'reverted';
  readonly why: string;
}

/** So many revisions back it is looked for. */
const MAX_REVISIONS = 100;

/** How a guard ended that another balancer, or somebody over another one, has ended: as the history tells it. */
export async function foreignSettlement(
  registry: Pick<RegistryService, 'revisions'>,
  revision: number,
): Promise<Settlement> {
  const remark = `guard of revision ${revision}:`;
  for (const { author, note, changes } of await registry.revisions(MAX_REVISIONS)) {
    const said = changes.find((change) => change.startsWith(remark));
    if (said === undefined) continue;
    const verdict = said.endsWith('confirmed') ? 'confirmed' : 'reverted';
    return { verdict, why: note === '' ? `by ${author}` : note };
  }
  throw new Error(`the last ${MAX_REVISIONS} revisions do not say so`);
}
