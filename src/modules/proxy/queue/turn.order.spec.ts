import { describe, expect, it } from 'vitest';
import { QueueCell, SharedMemory } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { isBefore, markOf, NO_WORKER, NOBODY, TurnOrder } from './turn.order.js';
import { Ticket } from './waiting.line.js';

const THREE_DAYS_MS = 2 ** 28;

function ticket(rank: number, sinceMs: number): Ticket {
  return new Ticket({} as Exchange, { rank, client: '', sinceMs, deadlineMs: Infinity });
}

describe('marks', () => {
  it('order by class, then by age', () => {
    const marks = [markOf(0, 9), markOf(1, 5), markOf(1, 6), markOf(2, 1)];
    for (const [index, mark] of marks.entries()) {
      expect(mark).not.toBe(NOBODY);
      expect(marks.map((other) => isBefore(mark, other))).toEqual(marks.map((_, other) => index < other));
    }
  });

  it('order by age also when their time begins anew in between', () => {
    const [older, younger] = [markOf(1, THREE_DAYS_MS - 3), markOf(1, THREE_DAYS_MS + 2)];
    expect([isBefore(older, younger), isBefore(younger, older)]).toEqual([true, false]);
  });

  it('are somebody at any time', () => {
    for (const rank of [0, 1, 2]) expect(markOf(rank, THREE_DAYS_MS)).not.toBe(NOBODY);
  });
});

describe('TurnOrder', () => {
  const memory = new SharedMemory({ workers: 3, backendCapacity: 1, serviceCapacity: 4 });
  const orders = [0, 1, 2].map((worker) => new TurnOrder(memory, worker, QueueCell.permitHead));
  const firsts = (slot: number) => orders.map((order) => order.first(slot));

  it('tells every worker the same one, and nobody when nobody waits', () => {
    expect(firsts(2)).toEqual([NO_WORKER, NO_WORKER, NO_WORKER]);
    orders[1]!.show(2, ticket(1, 1_000));
    expect(firsts(2)).toEqual([1, 1, 1]);
    orders[2]!.show(2, ticket(1, 999));
    expect(firsts(2)).toEqual([2, 2, 2]);
    orders[0]!.show(2, ticket(0, 5_000));
    expect(firsts(2)).toEqual([0, 0, 0]);
    orders[0]!.show(2, null);
    orders[2]!.show(2, null);
    expect(firsts(2)).toEqual([1, 1, 1]);
    expect(firsts(1)).toEqual([NO_WORKER, NO_WORKER, NO_WORKER]);
  });

  it('prefers the own worker among equals, so that none is rung for nothing', () => {
    for (const order of orders) order.show(3, ticket(1, 7));
    expect(firsts(3)).toEqual([0, 1, 2]);
  });
});
