import type { BalancerProcess } from './balancer-process.js';

interface Page {
  readonly items: readonly { readonly query: string }[];
  /** The route of the next page. */
  readonly next: string | null;
}

/** Queries of all records that the balancer's store has. */
export async function recordedQueries(balancer: BalancerProcess): Promise<string[]> {
  const found: string[] = [];
  for (let route: string | null = '/api/v1/access-logs?limit=1000'; route !== null;) {
    const answer: { status: number; body: Page } = await balancer.api<Page>('GET', route);
    if (answer.status !== 200) throw new Error(`the access log answered ${answer.status}`);
    found.push(...answer.body.items.map(({ query }) => query));
    route = answer.body.next;
  }
  return found;
}
