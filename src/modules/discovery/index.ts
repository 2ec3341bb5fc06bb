export { DiscoveryService } from './discovery.service.js';
export { type DiscoveryStatus, NO_DISCOVERY, type SourceStatus } from './discovery.status.js';
export type * from './found.js';
