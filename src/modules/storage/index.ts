export { Backoff } from './backoff.js';
export type { LogRetention } from './retention.js';
