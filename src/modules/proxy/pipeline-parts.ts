import type { WorkerCells } from '../../common/contract/index.js';
import type { Balancer } from '../balancer/index.js';
import type { ExchangeRecorder } from './exchange-recorder.js';
import type { Exchange } from './exchange.js';
import type { OutcomeObserver } from './outcomes/outcome.observer.js';
import type { Gate } from './policies/gate.js';
import type { Policy } from './policies/policy.js';
import type { BackendWaits } from './queue/backend.waits.js';
import type { Tracer } from './tracing/tracer.js';
import type { RetryBudget } from './retry/retry-budget.js';

/** What a pipeline works with. */
export interface PipelineParts {
  readonly balancer: Balancer;
  /** Index of the worker this runs in, and its own counters. */
  readonly worker: number;
  readonly cells: WorkerCells;
  /** null: nothing is recorded. */
  readonly recorder: ExchangeRecorder | null;
  /** In the order they are asked. */
  readonly policies: readonly Policy[];
  /** In the order they are passed. Default: none. */
  readonly gates?: readonly Gate[];
  /** Default: none. */
  readonly observers?: readonly OutcomeObserver[];
  /** Where exchanges wait that find no backend. Default: nowhere, they are dropped. */
  readonly waits?: BackendWaits;
  /** What further tries are taken out of. Default: there may be any number. */
  readonly retryBudget?: RetryBudget;
  /** Puts exchanges into their traces. Default: it only finds out which traces these are. */
  readonly tracer?: Tracer;
  /** Where the records of exchanges go whose spans are recorded. Default: nowhere. */
  readonly spans?: ExchangeRecorder;
  /** Is told of errors that ended an exchange as `internal_error`; must not throw. */
  readonly onError: (error: unknown, exchange: Exchange) => void;
}
