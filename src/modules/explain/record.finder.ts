import type { AccessLogRecord } from '../../common/contract/index.js';
import type { AccessLogStore } from '../logging/index.js';

/** As many as a store gives at once. */
const PAGE = 1_000;
/** A record id says in which second it was made; so many of that second are looked at. */
const MAX_PAGES = 50;
/** Records of one request id that are shown. */
const MOST = 100;
const RECORD_ID = /^[0-9a-f]{24}$/;

/**
 * The records of a request id, which a client may use more than once, or the one of a record id; the newest first. Rejects
 * with STORE_UNAVAILABLE.
 */
export async function findRecords(
  store: Pick<AccessLogStore, 'query'>,
  id: string,
): Promise<readonly AccessLogRecord[]> {
  const { items } = await store.query({ requestId: id }, { limit: MOST });
  if (items.length > 0 || !RECORD_ID.test(id)) return items;
  const record = await findById(store, id);
  return record === null ? [] : [record];
}

async function findById(store: Pick<AccessLogStore, 'query'>, id: string): Promise<AccessLogRecord | null> {
  const from = Number.parseInt(id.slice(0, 8), 16) * 1_000;
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await store.query({ from, to: from + 1_000 }, { limit: PAGE, cursor });
    const found = items.find((record) => record.id === id);
    if (found !== undefined) return found;
    if (next === null) return null;
    cursor = next;
  }
  return null;
}
