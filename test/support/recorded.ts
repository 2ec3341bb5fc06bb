import type { BalancerProcess } from './balancer-process.js';

interface Page {
  readonly items: readonly { readonly path: string; readonly query: string }[];
  readonly next: string | null;
}

/** Queries of all records that the balancer's store has, as texts. */
export async function recordedQueries(balancer: BalancerProcess): Promise<string[]> {
  const found: string[] = [];
  let cursor = '';
  for (;;) {
    const { status, body } = await balancer.api<Page>('GET', `/api/v1/access-logs?limit=1000${cursor}`);
    if (status !== 200) throw new Error(`the access log answered ${status}`);
    found.push(...body.items.map(({ query }) => query));
    if (body.next === null) return found;
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
}
