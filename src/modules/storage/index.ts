export type { LogRetention, StoreRetention } from './retention.js';
