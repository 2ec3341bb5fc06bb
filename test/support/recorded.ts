import type { AccessLogRecord } from '../../src/common/contract/index.js';
import type { BalancerProcess } from './balancer-process.js';
import { eventually } from './eventually.js';

interface Page {
  readonly items: readonly AccessLogRecord[];
  /** The route of the next page. */
  readonly next: string | null;
}

/**
 * All records that are in the balancer's store, the newest first.
 * @param filter As in the query of the API, such as `service=shop`. Default: everything fits.
 */
export async function storedRecords(balancer: BalancerProcess, filter = ''): Promise<AccessLogRecord[]> {
  const found: AccessLogRecord[] = [];
  for (let route: string | null = `/api/v1/access-logs?limit=1000&${filter}`; route !== null;) {
    const answer: { status: number; body: Page } = await balancer.api<Page>('GET', route);
    if (answer.status !== 200) throw new Error(`the access log answered ${answer.status}`);
    found.push(...answer.body.items);
    route = answer.body.next;
  }
  return found;
}

/** The same once there are so many, and not more: they are stored a second or two after their exchanges. */
export function recorded(balancer: BalancerProcess, count: number, filter = ''): Promise<AccessLogRecord[]> {
  return eventually(async () => {
    const found = await storedRecords(balancer, filter);
    if (found.length !== count) throw new Error(`${found.length} records are stored, not ${count}`);
    return found;
  });
}
