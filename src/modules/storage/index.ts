export { accessLogStorage, type AccessLogStorage } from './access-log.storage.js';
export { inspectStore } from './inspection/store.inspector.js';
export type { StoreInspection } from './inspection/store.inspection.js';
export type { LogRetention, StoreRetention } from './retention.js';
