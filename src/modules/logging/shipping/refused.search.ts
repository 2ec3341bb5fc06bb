import type { AccessLogRecord } from '../../../common/contract/index.js';
import { isVelocityError } from '../../../common/errors/index.js';
import type { ConsignmentStore } from './consignment.js';

/**
 * The ids of the records that the store refuses, each found alone by halves; the others are in the store afterwards.
 * Rejects when the store goes away meanwhile.
 */
export async function refusedRecords(
  store: Pick<ConsignmentStore, 'append'>,
  records: readonly AccessLogRecord[],
): Promise<Set<string>> {
  if (records.length === 0) return new Set();
  try {
    await store.append(records);
    return new Set();
  } catch (error) {
    if (isAway(error)) throw error;
  }
  if (records.length === 1) return new Set([records[0]!.id]);
  const middle = records.length >> 1;
  const first = await refusedRecords(store, records.slice(0, middle));
  const second = await refusedRecords(store, records.slice(middle));
  return new Set([...first, ...second]);
}

/** Not the record's fault: the same call may succeed later. */
export function isAway(error: unknown): boolean {
  return isVelocityError(error) && error.retryable;
}
