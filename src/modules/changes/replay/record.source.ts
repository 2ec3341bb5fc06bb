import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { AccessLogStore } from '../../logging/index.js';

/** As many as a store gives at once. */
const PAGE = 1_000;

/** The newest so many exchanges, oldest first. Rejects with STORE_UNAVAILABLE. */
export async function newestExchanges(
  store: Pick<AccessLogStore, 'query'>,
  count: number,
): Promise<readonly AccessLogRecord[]> {
  const newestFirst: AccessLogRecord[] = [];
  let cursor: string | undefined;
  while (newestFirst.length < count) {
    const limit = Math.min(PAGE, count - newestFirst.length);
    const { items, next } = await store.query({}, { limit, cursor });
    newestFirst.push(...items);
    if (next === null) break;
    cursor = next;
  }
  return newestFirst.reverse();
}
