import type { RegistryService, Revision } from '../../registry/index.js';

/** How a guard ends, and why in words. */
export interface Settlement {
  readonly verdict: 'confirmed' | 'reverted';
  readonly why: string;
}

/** So many revisions back it is looked for. */
const MAX_REVISIONS = 100;

/** How a revision ended the guard of another one; null: it did not. */
export function settlementIn(by: Revision, revision: number): Settlement | null {
  const remark = by.changes.find((change) => change.startsWith(`guard of revision ${revision}:`));
  if (remark === undefined) return null;
  const verdict = remark.endsWith('confirmed') ? 'confirmed' : 'reverted';
  if (by.origin === 'system') return { verdict, why: by.note };
  const said = by.note === '' ? '' : `: ${by.note}`;
  return { verdict, why: `${by.author} ${verdict === 'confirmed' ? 'confirmed it' : 'took it back'}${said}` };
}

/** The same, as the history tells it: other changes may have come since. */
export async function settlementInHistory(
  registry: Pick<RegistryService, 'revisions'>,
  revision: number,
): Promise<Settlement> {
  for (const by of await registry.revisions(MAX_REVISIONS)) {
    const found = settlementIn(by, revision);
    if (found !== null) return found;
  }
  throw new Error(
    `the last ${MAX_REVISIONS} revisions do not say how the guard of revision ${revision} ended`,
  );
}
