/** What the thread that keeps the access log may load of this module: nothing here reaches for zod, pino or Nest. */
export { DurableAccessLog, type RecordOutputs } from './access-log/durable.access-log.js';
export { AccessLogOutputs } from './access-log/outputs/access-log.outputs.js';
export { RollupAccumulator } from './analytics/rollup.accumulator.js';
export { LogStoreCells } from './thread/log-store.cells.js';
export type { FromLogStore, LogStoreInit, ToLogStore } from './thread/log-store.messages.js';
export { forwardedLog, LogStoreServer } from './thread/log-store.server.js';
