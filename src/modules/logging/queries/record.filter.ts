import type { AccessLogRecord } from '../../../common/contract/index.js';
import type { AccessLogFilter } from '../log-stores.js';

/** Whether a record is among those that the stores would find. */
export function fitsFilter(record: AccessLogRecord, filter: AccessLogFilter): boolean {
  return (
    isEqual(filter.service, record.service) &&
    isEqual(filter.backend, record.backend) &&
    isEqual(filter.status, record.status) &&
    isEqual(filter.statusClass, Math.floor(record.status / 100)) &&
    isEqual(filter.dropReason, record.dropReason) &&
    isEqual(filter.dropped, record.dropReason !== null) &&
    isEqual(filter.method, record.method) &&
    isEqual(filter.client, record.client) &&
    isEqual(filter.requestId, record.requestId) &&
    record.path.startsWith(filter.pathPrefix ?? '') &&
    record.time >= (filter.from ?? 0) &&
    record.time < (filter.to ?? Infinity)
  );
}

/** What is not asked for is not looked at. */
function isEqual<T>(wanted: T | undefined, value: T | null): boolean {
  return wanted === undefined || wanted === value;
}
