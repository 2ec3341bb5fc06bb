export type { LogRetention } from './retention.js';
