/** What the thread that keeps the access log may load of this module, and its stores: nothing here reaches for zod, pino or Nest. */
export { DurableAccessLog, type RecordOutputs } from './access-log/durable.access-log.js';
export { AccessLogOutputs } from './access-log/outputs/access-log.outputs.js';
export * from './analytics/analytics-store.js';
export { AnswerAssembler, firstGroups } from './analytics/answer.assembler.js';
export { MAX_RECORDS_READ, checkRows, cubeFor, tooManyRecords } from './analytics/cube.choice.js';
export * from './analytics/range.pieces.js';
export * from './analytics/rollup.js';
export { RollupAccumulator } from './analytics/rollup.accumulator.js';
export { addSums, emptySums } from './analytics/rollup.sums.js';
export { SumsCell } from './analytics/sums.cell.js';
export type { VelocityLogger } from './application-log/velocity.logger.js';
export * from './log-stores.js';
export type { Consignment, ConsignmentStore } from './shipping/consignment.js';
export { LogStoreCells } from './thread/log-store.cells.js';
export type { FromLogStore, LogStoreInit, ToLogStore } from './thread/log-store.messages.js';
export { forwardedLog, LogStoreServer } from './thread/log-store.server.js';
