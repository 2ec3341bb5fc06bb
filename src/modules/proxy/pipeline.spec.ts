import { describe, expect, it } from 'vitest';
import type { AccessLogRecord, DropReason } from '../../common/contract/index.js';
import { BACKEND_COUNTERS, BackendCounter, LedgerCell } from '../../common/contract/index.js';
import {
  BalancerFixture,
  backendSnapshot,
  serviceSnapshot,
  snapshotOf,
} from '../../../test/support/balancer.fixture.js';
import { Balancer } from '../balancer/index.js';
import { Exchange, type ExchangeHead } from './exchange.js';
import type { LaneSession } from './lane.js';
import { Pipeline } from './pipeline.js';
import type { Policy } from './policies/policy.js';

/** A lane that only remembers what it was told. */
class SilentSession implements LaneSession {
  readonly lane = 'wire';
  readonly told: string[] = [];
  onAttempt: () => void = () => undefined;

  attempt(): void {
    this.told.push('attempt');
    this.onAttempt();
  }

  park(): void {
    this.told.push('park');
  }

  refuse(reason: DropReason): void {
    this.told.push(reason);
  }
}

function headOf(method: string, headers: readonly string[] = ['Host', 'shop.test']): ExchangeHead {
  return {
    method,
    target: '/',
    protocol: 'HTTP/1.1',
    rawHeaders: headers,
    hostCount: 1,
    peer: '192.0.2.7',
    localPort: 8000,
    isSecure: false,
    header: (name) => (name === 'host' ? headers[1] : undefined),
  };
}

function stageOf(backends: number, policies: readonly Policy[] = []) {
  const service = serviceSnapshot({
    backends: Array.from({ length: backends }, (_, slot) => backendSnapshot(slot)),
  });
  const fixture = new BalancerFixture([service]);
  const records: AccessLogRecord[] = [];
  const errors: unknown[] = [];
  const cells = fixture.memory.workers[0]!;
  const pipeline = new Pipeline({
    balancer: new Balancer(fixture.memory, 0),
    worker: 0,
    cells,
    recorder: { record: (record) => records.push(record) },
    policies,
    onError: (error) => errors.push(error),
  });
  pipeline.use(snapshotOf([service]));
  const start = (method = 'GET') => {
    const session = new SilentSession();
    const exchange = new Exchange(session, headOf(method));
    return { session, exchange };
  };
  const counters = cells.backendCounters.subarray(0, BACKEND_COUNTERS);
  return { pipeline, fixture, records, errors, ledger: cells.ledger, counters, start };
}

const RESET = { outcome: 'reset', retry: 'idempotent' } as const;

describe('Pipeline', () => {
  it('ignores whatever is reported about a finished exchange', () => {
    const { pipeline, records, fixture, ledger, start } = stageOf(2);
    const { session, exchange } = start();
    pipeline.start(exchange);
    pipeline.responseStarted(exchange, 200);
    pipeline.completed(exchange);
    pipeline.completed(exchange);
    pipeline.clientClosed(exchange);
    pipeline.drop(exchange, 'internal_error');
    pipeline.attemptFailed(exchange, RESET);
    pipeline.responseStarted(exchange, 500);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ status: 200, dropReason: null });
    expect(session.told).toEqual(['attempt']);
    expect([ledger[LedgerCell.received], ledger[LedgerCell.forwarded]]).toEqual([1, 1]);
    expect([fixture.inFlight(0), fixture.inFlight(1), pipeline.inFlight]).toEqual([0, 0, 0]);
  });

  it('releases one backend before it picks the next', () => {
    const { pipeline, fixture, start } = stageOf(2);
    const { session, exchange } = start();
    const inFlight: number[][] = [];
    session.onAttempt = () => {
      inFlight.push([fixture.inFlight(0), fixture.inFlight(1)]);
      exchange.connectedMs = exchange.attemptStartedMs;
    };
    pipeline.start(exchange);
    pipeline.attemptFailed(exchange, RESET);
    expect(inFlight).toEqual([
      [1, 0],
      [0, 1],
    ]);
    exchange.retriesMade = exchange.retries.attempts;
    pipeline.attemptFailed(exchange, RESET);
    expect(session.told).toEqual(['attempt', 'attempt', 'bad_response']);
    expect(exchange.attempts.map(({ backend }) => backend)).toEqual(['backend-0', 'backend-1']);
  });

  it.each([
    ['GET', 'idempotent', 2],
    ['PUT', 'idempotent', 2],
    ['POST', 'idempotent', 1],
    ['PATCH', 'idempotent', 1],
    ['POST', 'always', 2],
    ['GET', 'never', 1],
  ] as const)('makes of a failed %s that is safe to repeat "%s" %i attempts', (method, retry, attempts) => {
    const { pipeline, start } = stageOf(2);
    const { exchange } = start(method);
    pipeline.start(exchange);
    // A connection that was used again: the next try goes at once.
    exchange.connectedMs = exchange.attemptStartedMs;
    pipeline.attemptFailed(exchange, { outcome: 'reset', retry });
    expect(exchange.tried).toHaveLength(attempts);
  });

  it('pauses before a try that may meet the same trouble, and holds nothing meanwhile', async () => {
    const { pipeline, fixture, start } = stageOf(1);
    const { session, exchange } = start();
    const again = Promise.withResolvers<void>();
    pipeline.start(exchange);
    session.onAttempt = again.resolve;
    pipeline.attemptFailed(exchange, { outcome: 'connect_failed', retry: 'always' });
    expect(session.told).toEqual(['attempt', 'park']);
    expect([fixture.inFlight(0), fixture.serviceInFlight(0)]).toEqual([0, 0]);
    await again.promise;
    expect(session.told).toEqual(['attempt', 'park', 'attempt']);
    expect([fixture.inFlight(0), exchange.queuedMs, exchange.retryWait]).toEqual([1, 0, null]);
    pipeline.completed(exchange);
  });

  it('forgets an exchange that ends in a pause', () => {
    const { pipeline, records, start } = stageOf(1);
    const { session, exchange } = start();
    pipeline.start(exchange);
    pipeline.attemptFailed(exchange, RESET);
    expect(exchange.retryWait).not.toBeNull();
    pipeline.clientClosed(exchange);
    pipeline.resume(exchange);
    expect([exchange.retryWait, session.told]).toEqual([null, ['attempt', 'park']]);
    expect(records).toMatchObject([{ dropReason: 'client_closed', queueUs: 0 }]);
  });

  it('takes nothing out of the budget when there is no backend left', () => {
    const { pipeline, fixture, start } = stageOf(1);
    const { session, exchange } = start();
    pipeline.start(exchange);
    fixture.states.setAdminState(0, 0, 'disabled');
    pipeline.attemptFailed(exchange, RESET);
    expect([session.told, exchange.retriesMade]).toEqual([['attempt', 'bad_response'], 0]);
  });

  it('retries nothing once the response has started', () => {
    const { pipeline, records, start } = stageOf(2);
    const { session, exchange } = start();
    pipeline.start(exchange);
    pipeline.responseStarted(exchange, 200);
    pipeline.attemptFailed(exchange, { outcome: 'truncated', retry: 'always' });
    expect(session.told).toEqual(['attempt', 'bad_response']);
    expect(records[0]).toMatchObject({ status: 200, dropReason: null, attempts: [{ outcome: 'truncated' }] });
  });

  it('asks policies in order, after the route, and stops at the first refusal', () => {
    const asked: string[] = [];
    const policy = (name: string, verdict: DropReason | null): Policy => ({
      name,
      admit: (exchange) => {
        asked.push(`${name} ${exchange.service?.snapshot.name}`);
        return verdict;
      },
    });
    const { pipeline, records, start } = stageOf(1, [
      policy('a', null),
      policy('b', 'loop_detected'),
      policy('c', null),
    ]);
    const { session, exchange } = start();
    pipeline.start(exchange);
    expect(asked).toEqual(['a shop', 'b shop']);
    expect(session.told).toEqual(['loop_detected']);
    expect(records[0]).toMatchObject({ status: 508, dropReason: 'loop_detected', attempts: [] });
  });

  it('survives a lane that throws, and gives back what the exchange held', () => {
    const { pipeline, records, errors, fixture, start } = stageOf(1);
    const { session, exchange } = start();
    session.onAttempt = () => {
      throw new Error('broken lane');
    };
    session.refuse = () => {
      throw new Error('broken to the core');
    };
    pipeline.start(exchange);
    expect(errors).toHaveLength(2);
    expect(records).toMatchObject([{ dropReason: 'internal_error', status: 500 }]);
    expect([fixture.inFlight(0), pipeline.inFlight]).toEqual([0, 0]);
  });

  it.each(['shutting_down', 'internal_error'] as const)(
    'does not blame the backend for what the balancer ends itself (%s), before and after the response has started',
    (reason) => {
      const { pipeline, records, counters, start } = stageOf(1);
      for (const hasStarted of [false, true]) {
        const { exchange } = start();
        pipeline.start(exchange);
        if (hasStarted) pipeline.responseStarted(exchange, 200);
        pipeline.drop(exchange, reason);
      }
      expect(records.map(({ attempts }) => attempts[0]!.outcome)).toEqual([reason, reason]);
      expect(counters[BackendCounter.attempts]).toBe(2);
      expect(counters[BackendCounter.failures]).toBe(0);
      const { exchange } = start();
      pipeline.start(exchange);
      pipeline.responseStarted(exchange, 200);
      pipeline.drop(exchange, 'response_timeout');
      expect(exchange.attempts[0]!.outcome).toBe('truncated');
      expect(counters[BackendCounter.failures]).toBe(1);
    },
  );

  it('keeps what runs when it is given a snapshot that does not fit the memory', () => {
    const { pipeline, start } = stageOf(1);
    const tooLarge = serviceSnapshot({ name: 'large', slot: 1, backends: [backendSnapshot(1_000_000)] });
    expect(() => pipeline.use(snapshotOf([tooLarge], { generation: 2 }))).toThrow(RangeError);
    const { exchange } = start();
    pipeline.start(exchange);
    expect([exchange.generation, exchange.service?.snapshot.name]).toEqual([1, 'shop']);
    pipeline.completed(exchange);
  });
});
