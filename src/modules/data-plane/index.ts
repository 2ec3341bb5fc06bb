export { type OwnedAddress, addressError, InheritedAddress, ownAddress } from './address.guard.js';
export {
  BlocklistPublisher,
  type BlocklistStatus,
  type FeedStatus,
  type ListedState,
  type ListMatch,
} from './blocklist/blocklist.publisher.js';
export { DATA_PLANE, type DataPlane } from './data-plane.js';
export { settleDeadWorker } from './dead-worker.js';
export { LedgerReader, type LedgerTotals } from './ledger.reader.js';
export {
  PUBLICATION_SOURCE,
  type Publication,
  type PublicationSource,
  type PublishedService,
} from './publication.js';
export { PolicyEvents } from './policy-events.js';
export { SharedLimitsMonitor, type SharedLimitsStatus } from './shared-limits.monitor.js';
export { type PublishableState, SnapshotPublisher, type SnapshotReceiver } from './snapshot.publisher.js';
export type { WorkerStatus } from './worker.handle.js';
export type { AccessLogBatchSink, SupervisorLog, SupervisorOptions } from './supervisor-options.js';
export { WorkerSupervisor } from './worker.supervisor.js';
export { SPAN_SHIPPER } from './span-shipper.token.js';
