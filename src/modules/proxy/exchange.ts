import { NO_RETRIES, RecordIdSource, Verdict, monotonicMs } from '../../common/contract/index.js';
import type {
  AffinityResult,
  AttemptOutcome,
  AttemptRecord,
  CircuitStateName,
  DecisionRecord,
  DropReason,
  QueuePlace,
  RateLimitSettings,
  RetrySettings,
  ServiceSnapshot,
  ServiceTimeouts,
} from '../../common/contract/index.js';
import { type BackendRuntime, type PickContext, PickTrace, type ServiceRuntime } from '../balancer/index.js';
import type { Timed } from './deadline.ticker.js';
import type { LimitTrace } from './decision/limit.trace.js';
import type { FixedAnswer } from './fixed-answer.js';
import type { LaneSession } from './lane.js';
import type { ReplayBody } from './replay-body.js';
import type { ServiceShaping } from './shaping/service.shaping.js';
import type { ShapedExchange } from './shaping/shaped.exchange.js';
import { TraceFate } from './tracing/trace.fate.js';

/** What a lane knows about a request when its head is complete. */
export interface ExchangeHead {
  readonly method: string;
  /** Request target as received: origin form, absolute form or `*`. */
  readonly target: string;
  /** `HTTP/1.1` or `HTTP/1.0`. */
  readonly protocol: string;
  /** Name, value, name, value ... in the case and order of arrival. */
  readonly rawHeaders: readonly string[];
  /** How often `Host` occurs. */
  readonly hostCount: number;
  /** Address of the connection's other end. */
  readonly peer: string;
  /** Port that the connection came in on. */
  readonly localPort: number;
  /** Whether the connection is encrypted. */
  readonly isSecure: boolean;
  /** A header's value by lower-case name, or undefined; repeated ones joined by `, `. */
  header(name: string): string | undefined;
}

/** Before the route is known nothing is limited, and nothing tried again. */
const NO_TIMEOUTS: ServiceTimeouts = {
  connectMs: 0,
  bodyMs: 0,
  responseMs: 0,
  responseIdleMs: 0,
  requestMs: 0,
  tunnelIdleMs: 0,
  upstreamIdleMs: 0,
};

/** Written by picks that nobody will ask about. */
const UNTOLD = new PickTrace();

const recordIds = new RecordIdSource();

/**
 * A request and its final response, from head to finish. Made by a lane, moved along by the pipeline.
 * All fields exist from the start (one shape for the optimiser); times are monotonic milliseconds, 0 for "not yet".
 */
export class Exchange implements PickContext, ShapedExchange {
  readonly startedMs = monotonicMs();
  /** Unix milliseconds. */
  readonly time = Date.now();
  /** Id of the access-log record. */
  readonly id: string = recordIds.next(this.time);
  requestId = this.id;
  /** Target in origin form (or `*`), what backends are asked for: byte for byte, unless the service rewrites paths. */
  target = '';
  /** The target as received, without the query. */
  path = '';
  query = '';
  /** What backends get as `Host`: host and port as the client wrote them; empty when it sent none. */
  authority = '';
  /** Host without port, lower case. */
  host = '';
  client: string;
  /** Whether the peer is one of `trustedProxies`: only then its forwarding headers are believed. */
  isPeerTrusted = false;
  /** Our pseudonym for `Via` in the snapshot that decides. */
  pseudonym = '';
  generation = 0;

  service: ServiceRuntime | null = null;
  /** What applies to this exchange; only valid after the route. A path may have its own. */
  timeouts: ServiceTimeouts = NO_TIMEOUTS;
  retries: RetrySettings = NO_RETRIES;
  /** Of the present pick. Lent by the pipeline, unless nobody will ask. */
  trace: PickTrace = UNTOLD;
  /** Of the first pick, which leads to the others; null: none was made. */
  firstPick: PickTrace | null = null;
  picksMade = 0;
  /** What rate limits said; null: none was asked. */
  limitTrace: LimitTrace | null = null;
  /** What lists and bans said: see `blockCode`. */
  blockCode = 0;
  /** Where it has waited last, and how many before it; null: nowhere. */
  queuePlace: QueuePlace | null = null;
  queueAhead = 0;
  /** Breaker of the service where it was asked and was not closed; null: it is to be read. */
  breakerSeen: CircuitStateName | null = null;
  /** Whether the last further try that was asked for was granted; null: none was. */
  budgetGranted: boolean | null = null;
  /** What is recorded of all that; null: nothing. */
  decision: DecisionRecord | null = null;
  /** How its service shapes traffic; null: it does not. Valid after the route. */
  shaping: ServiceShaping | null = null;
  /** Bytes that the request's body may have; 0: any number. Held to by the lane while the body comes. */
  maxBodyBytes = 0;
  /** Bytes of the request's body that a lane keeps while it passes on; 0: none. Set before the first attempt. */
  keptBodyBytes = 0;
  /** What it has kept; null: nothing was asked for, or nothing has come. */
  replay: ReplayBody | null = null;
  /** Whether somebody needs `replay` at the end; otherwise it goes when the response starts. */
  keepsBodyToEnd = false;
  /** Whether a copy of it goes to the mirror of its service. */
  isMirrored = false;
  /** Gates that it has passed. */
  gatesPassed = 0;
  /** Where it waits; null: nowhere. */
  waitsAt: WaitingPlace | null = null;
  /** Since when. */
  waitsSinceMs = 0;
  /** Whether it is one of the `maxInFlight` that may run at its service. */
  holdsPermit = false;
  /** Backend of the present attempt, afterwards of the last one. */
  backend: BackendRuntime | null = null;
  /** Backends to avoid: what was tried, since the last time that there was nothing else. */
  readonly tried: BackendRuntime[] = [];
  readonly attempts: AttemptRecord[] = [];
  /** Further tries that it was granted. */
  retriesMade = 0;
  /** Whether the next of them has been granted before its attempt has failed. */
  isRetryGranted = false;
  /** The pause before the next one; null: none. */
  retryWait: Timed | null = null;
  /** The attempt that runs beside the present one; null: none. */
  hedge: HedgeAttempt | null = null;
  /** Until one begins; null: none will. */
  hedgeTimer: Timed | null = null;
  hedgesMade = 0;
  /** Whether an attempt runs, and so one in flight is held at `backend`. */
  isAttempting = false;
  /** Whether the running attempt is the trial of a half-open backend. */
  isTrial = false;
  takesTrials = true;
  /** Whether this exchange is the trial of its half-open service. */
  isServiceTrial = false;
  /** How the last attempt that was judged went: what it says about the service. */
  verdict: Verdict = Verdict.neutral;
  attemptStartedMs = 0;
  /** Set by the lane when the connection stands; equal to `attemptStartedMs` on a reused one. */
  connectedMs = 0;
  firstByteMs = 0;
  queuedMs = 0;
  /** What of `queuedMs` it waited for a backend to come back. */
  heldMs = 0;

  /** Status of the response that goes to the client; 0: none yet. */
  status = 0;
  /** Whether the head of a backend's response goes to the client: nothing else can be answered any more. */
  hasResponseStarted = false;
  dropReason: DropReason | null = null;
  /** Why a policy in shadow would have dropped it: the first one that would; null: none. */
  shadowReason: DropReason | null = null;
  /** What the client is told instead of the usual problem; null: the usual one. */
  answer: FixedAnswer | null = null;
  /** When a refused client may come again, milliseconds from now; 0: not known. */
  retryAfterMs = 0;
  /** Service that could not serve it, so that another one does instead; null: that did not happen. */
  fallbackFrom: string | null = null;
  /** The rate limit that refused it; null: none did. */
  limit: ExceededLimit | null = null;
  /** Body bytes from the client; counted by the lane. */
  bytesIn = 0;
  /** Body bytes to the client; counted by the lane. */
  bytesOut = 0;
  affinity: AffinityResult = 'none';
  /** `Set-Cookie` value that the response must carry for affinity; empty: none. */
  affinityCookie = '';
  /** Group of backends that it is sent to; empty: the service is not split, or nothing is picked yet. */
  group = '';
  /** `Set-Cookie` value that keeps the client in its group; empty: none. */
  groupCookie = '';
  isFinished = false;
  /** Trace that it belongs to, 32 hex digits; empty: none. */
  traceId = '';
  /** Our span, 16 hex digits; empty: the backend continues the client's. */
  spanId = '';
  /** The client's span; empty: the trace begins here, or no span is recorded. */
  parentSpanId = '';
  traceFate: TraceFate = TraceFate.passes;
  isTraceSampled = false;
  /** Whether spans of it and its attempts are recorded. */
  recordsSpans = false;

  constructor(
    readonly session: LaneSession,
    readonly head: ExchangeHead,
  ) {
    this.client = head.peer;
  }

  header(name: string): string | undefined {
    return this.head.header(name);
  }

  /** Whether its request has a body, as far as the head tells. */
  get hasBody(): boolean {
    const length = this.header('content-length');
    return (length !== undefined && length !== '0') || this.header('transfer-encoding') !== undefined;
  }

  /** The service's settings; only valid after the route. */
  get settings(): ServiceSnapshot {
    return (this.service as ServiceRuntime).snapshot;
  }
}

/** Of an attempt beside the present one, what an exchange has of its own. */
export interface HedgeAttempt {
  readonly backend: BackendRuntime;
  readonly attemptStartedMs: number;
  connectedMs: number;
  readonly affinity: AffinityResult;
  readonly affinityCookie: string;
  readonly isTrial: boolean;
}

/** Where an exchange may wait between two phases. */
export interface WaitingPlace {
  /** As a decision names it; absent: waiting here is no queueing. */
  readonly queuePlace?: QueuePlace;
  /** An exchange that waits here leaves: its client has gone, or its time is over. */
  abandon?(exchange: Exchange): void;
}

/** A rate limit whose allowance is used up. */
export interface ExceededLimit {
  readonly settings: RateLimitSettings;
  /** Until the next exchange of the same key would be admitted. */
  readonly waitMs: number;
}

/** How an attempt failed, as a lane reports it. */
export interface AttemptFailure {
  readonly outcome: Exclude<AttemptOutcome, 'ok'>;
  /** Whether another try is safe, seen from the bytes: `always` when nothing was sent to the backend. */
  readonly retry: 'always' | 'idempotent' | 'never';
}
