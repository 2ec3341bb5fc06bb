export type { AskedRequest } from './asked.request.js';
export { type ExplainedRecord, type ExplainedRequest, ExplainService } from './explain.service.js';
export type { Chance, Outcome } from './explain.stage.js';
