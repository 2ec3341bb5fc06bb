/** What a data-plane worker may load of this module: nothing here reaches for zod, pino or Nest. */
export { BatchingRecorder, type BatchLimits } from './access-log/batching.recorder.js';
