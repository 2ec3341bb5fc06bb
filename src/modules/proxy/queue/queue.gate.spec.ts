import { describe, expect, it } from 'vitest';
import {
  BalancerFixture,
  backendSnapshot,
  serviceSnapshot,
  snapshotOf,
} from '../../../../test/support/balancer.fixture.js';
import { Observation } from '../../../../test/support/observation.js';
import { type DropReason, monotonicMs, ServiceCell } from '../../../common/contract/index.js';
import { NO_POLICIES, NO_QUEUE, type QueuePolicy } from '../../../common/contract/policies/index.js';
import { Balancer } from '../../balancer/index.js';
import { Exchange, type ExchangeHead } from '../exchange.js';
import type { LaneSession } from '../lane.js';
import { Pipeline } from '../pipeline.js';
import { makeTrafficParts } from '../traffic-parts.js';

function headOf(peer: string, headers: Readonly<Record<string, string>>): ExchangeHead {
  return {
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    rawHeaders: ['Host', 'shop.test'],
    hostCount: 1,
    peer,
    localPort: 8000,
    isSecure: false,
    header: (name) => (name === 'host' ? 'shop.test' : headers[name]),
  };
}

/** As many workers as asked for, in one thread, over one memory: what they tell each other goes through the memory alone. */
function workersOf(count: number, settings: Partial<QueuePolicy>) {
  const policyOf = (queue: Partial<QueuePolicy>) =>
    serviceSnapshot({
      backends: [backendSnapshot(0)],
      policies: {
        ...NO_POLICIES,
        queue: { ...NO_QUEUE, size: 100, timeoutMs: 60_000, ...queue },
      },
    });
  const service = policyOf(settings);
  const fixture = new BalancerFixture([service], count);
  const { memory } = fixture;
  const running: string[] = [];
  const dropped: [string, DropReason][] = [];
  const workers = Array.from({ length: count }, (_, worker) => {
    const balancer = new Balancer(memory, worker);
    const pipeline = new Pipeline({
      balancer,
      worker,
      cells: memory.workers[worker]!,
      recorder: { record: () => undefined },
      policies: [],
      ...makeTrafficParts(memory, worker, { balancer }),
      onError: (error) => {
        throw error;
      },
    });
    pipeline.use(snapshotOf([service]));
    const start = (name: string, client = '192.0.2.1', headers: Readonly<Record<string, string>> = {}) => {
      const session: LaneSession = {
        lane: 'wire',
        attempt: () => void running.push(name),
        park: () => undefined,
        refuse: (reason) => void dropped.push([name, reason]),
      };
      const exchange = new Exchange(session, headOf(client, headers));
      pipeline.start(exchange);
      return exchange;
    };
    return { pipeline, start };
  });
  const use = (queue: Partial<QueuePolicy>) => {
    const changed = snapshotOf([policyOf(queue)], { generation: 2 });
    for (const { pipeline } of workers) pipeline.use(changed);
  };
  const cell = (which: keyof typeof ServiceCell) => Atomics.load(memory.services, ServiceCell[which]);
  /** What has begun, in order, once it is so many. */
  const begun = async (count: number) => {
    await Observation.until(() => running.length >= count, `${count} have begun`, 5_000);
    return running;
  };
  return { workers, memory, running, dropped, use, cell, begun };
}

/** Heads are compared by the millisecond. */
function older(): Promise<void> {
  const sinceMs = monotonicMs();
  return Observation.until(() => monotonicMs() > sinceMs + 1, 'a millisecond has passed');
}

describe('QueueGate', () => {
  it('lets the oldest over all workers go first', async () => {
    const { workers, cell, begun } = workersOf(3, { maxInFlight: 1 });
    const [a, b, c] = workers;
    const first = a!.start('first');
    const waits: Exchange[] = [];
    for (const [index, worker] of [b, c, a, c, b].entries()) {
      waits.push(worker!.start(String(index + 1)));
      await older();
    }
    expect([cell('permits'), cell('waiting'), cell('permitsAwaited')]).toEqual([1, 5, 5]);
    a!.pipeline.completed(first);
    expect(await begun(2)).toEqual(['first', '1']);
    b!.pipeline.completed(waits[0]!);
    expect(await begun(3)).toEqual(['first', '1', '2']);
    c!.pipeline.completed(waits[1]!);
    expect(await begun(4)).toEqual(['first', '1', '2', '3']);
    a!.pipeline.completed(waits[2]!);
    expect(await begun(5)).toEqual(['first', '1', '2', '3', '4']);
    c!.pipeline.completed(waits[3]!);
    expect(await begun(6)).toEqual(['first', '1', '2', '3', '4', '5']);
    b!.pipeline.completed(waits[4]!);
    expect([cell('permits'), cell('waiting'), cell('permitsAwaited')]).toEqual([0, 0, 0]);
  });

  it('lets nobody pass those that wait, at whichever worker', async () => {
    const { workers, begun } = workersOf(2, { maxInFlight: 1 });
    const [a, b] = workers;
    const first = a!.start('first');
    const second = b!.start('waiting');
    a!.pipeline.completed(first);
    a!.start('late');
    expect(await begun(2)).toEqual(['first', 'waiting']);
    b!.pipeline.completed(second);
    expect(await begun(3)).toEqual(['first', 'waiting', 'late']);
  });

  it('lets clients take turns, an IPv6 network being one', async () => {
    const { workers, begun } = workersOf(1, { maxInFlight: 1 });
    const { pipeline, start } = workers[0]!;
    const first = start('first');
    const greedy = [1, 2, 3].map((index) => start(`g${index}`, `2001:db8:0:1::${index}`));
    const other = start('other', '2001:db8:0:2::1');
    pipeline.completed(first);
    expect(await begun(2)).toEqual(['first', 'g1']);
    pipeline.completed(greedy[0]!);
    expect(await begun(3)).toEqual(['first', 'g1', 'other']);
    pipeline.completed(other);
    expect(await begun(4)).toEqual(['first', 'g1', 'other', 'g2']);
  });

  it('takes who came first when that is asked for', async () => {
    const { workers, begun } = workersOf(1, { maxInFlight: 1, fair: false });
    const { pipeline, start } = workers[0]!;
    const first = start('first');
    const second = start('1', '192.0.2.1');
    start('2', '192.0.2.1');
    start('3', '192.0.2.2');
    pipeline.completed(first);
    expect(await begun(2)).toEqual(['first', '1']);
    pipeline.completed(second);
    expect(await begun(3)).toEqual(['first', '1', '2']);
  });

  it('lets as many go on as a higher limit takes, and all when there is none any more', async () => {
    const { workers, use, cell, begun } = workersOf(2, { maxInFlight: 1 });
    const [a, b] = workers;
    a!.start('first');
    for (const name of ['1', '2', '3', '4']) {
      (name === '2' ? b! : a!).start(name);
      await older();
    }
    use({ maxInFlight: 3 });
    expect(await begun(3)).toEqual(['first', '1', '2']);
    use({});
    await Observation.until(() => cell('waiting') === 0, 'nobody waits');
    expect(cell('permits')).toBe(3);
  });

  it('sheds who waited for too long when the queue stands, but never the last one', async () => {
    const settings = { maxInFlight: 1, shedTargetMs: 1, shedIntervalMs: 20 };
    const { workers, dropped, begun } = workersOf(1, settings);
    const { pipeline, start } = workers[0]!;
    const first = start('first');
    start('1');
    start('2');
    start('3');
    await Observation.until(() => dropped.length === 2, 'two were shed');
    expect(dropped).toEqual([
      ['1', 'queue_shed'],
      ['2', 'queue_shed'],
    ]);
    pipeline.completed(first);
    expect(await begun(2)).toEqual(['first', '3']);
  });

  it('goes on when permits come back without anybody ringing, as from a worker that died', async () => {
    const { workers, memory, cell, begun } = workersOf(2, { maxInFlight: 2 });
    const [dead, alive] = workers;
    dead!.start('1');
    dead!.start('2');
    alive!.start('3');
    Atomics.sub(memory.services, ServiceCell.permits, 2);
    expect(await begun(3)).toEqual(['1', '2', '3']);
    expect([cell('permits'), cell('waiting'), cell('permitsAwaited')]).toEqual([1, 0, 0]);
  });

  it('lets a worker have its turn that the head of another does not take', async () => {
    const { workers, memory, begun } = workersOf(2, { maxInFlight: 1 });
    const other = workers[1];
    const first = other!.start('first');
    // As of a worker that hangs: it waits in front of all, and never comes.
    Atomics.store(memory.workers[0]!.queues, 0, 1);
    other!.start('second');
    other!.pipeline.completed(first);
    expect(await begun(2)).toEqual(['first', 'second']);
  });
});
