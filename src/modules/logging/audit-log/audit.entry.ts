import type { AuditLogRecord } from '../../../common/contract/index.js';

/** What is recorded, as the one who records it knows it. */
export type AuditEntry = Omit<AuditLogRecord, 'id' | 'time' | 'count'>;
