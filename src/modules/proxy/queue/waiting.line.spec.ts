import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../exchange.js';
import { Ticket, WaitingLine } from './waiting.line.js';

const [HIGH, NORMAL, LOW] = [0, 1, 2] as const;

function ticket(client: string, sinceMs: number, rank: number = NORMAL): Ticket {
  return new Ticket({} as Exchange, { rank, client, sinceMs, deadlineMs: Infinity });
}

function lineOf(...tickets: readonly Ticket[]): WaitingLine {
  const line = new WaitingLine();
  for (const one of tickets) line.add(one);
  return line;
}

function drained(line: WaitingLine): string[] {
  const names: string[] = [];
  for (let next = line.first; next !== null; next = line.first) {
    names.push(`${next.client}${next.sinceMs}`);
    line.take(next);
  }
  return names;
}

describe('WaitingLine', () => {
  it('lets the oldest of one client go first, also when it came back late', () => {
    expect(drained(lineOf(ticket('a', 1), ticket('a', 3), ticket('a', 2), ticket('a', 0)))).toEqual([
      'a0',
      'a1',
      'a2',
      'a3',
    ]);
  });

  it('lets clients take turns, however much one sends', () => {
    const greedy = [1, 2, 3, 4, 5].map((sinceMs) => ticket('g', sinceMs));
    const line = lineOf(...greedy, ticket('a', 6), ticket('b', 7), ticket('a', 8));
    expect(drained(line)).toEqual(['g1', 'a6', 'b7', 'g2', 'a8', 'g3', 'g4', 'g5']);
  });

  it('lets a client that comes anew wait for the present round', () => {
    const line = lineOf(ticket('a', 1), ticket('b', 2), ticket('a', 3), ticket('b', 4));
    line.take(line.first!);
    line.add(ticket('c', 5));
    expect(drained(line)).toEqual(['b2', 'a3', 'c5', 'b4']);
  });

  it('lets a higher class go before a lower one', () => {
    const line = lineOf(ticket('l', 1, LOW), ticket('n', 2), ticket('h', 3, HIGH), ticket('h', 4, HIGH));
    expect(drained(line)).toEqual(['h3', 'h4', 'n2', 'l1']);
  });

  it('forgets who leaves, wherever it stands', () => {
    const [a1, a2, a3, b1] = [ticket('a', 1), ticket('a', 2), ticket('a', 3), ticket('b', 4)];
    const line = lineOf(a1, a2, a3, b1);
    line.remove(a2);
    line.remove(a1);
    expect([line.size, drained(line)]).toEqual([2, ['a3', 'b4']]);
    expect([line.size, line.first]).toEqual([0, null]);
  });

  it('holds exactly whoever came and has not gone, in the order of each client', () => {
    const step = record({
      client: constantFrom('a', 'b', 'c', 'd'),
      rank: constantFrom(HIGH, NORMAL, LOW),
      act: constantFrom('add', 'add', 'take', 'leave'),
    });
    assert(
      property(array(step, { maxLength: 80 }), (steps) => {
        const line = new WaitingLine();
        let model: Ticket[] = [];
        for (const [index, { client, rank, act }] of steps.entries()) {
          if (act === 'add') {
            const one = ticket(client, index, rank);
            line.add(one);
            model.push(one);
            continue;
          }
          const gone = act === 'take' ? line.first : (model.at(index % Math.max(1, model.length)) ?? null);
          if (gone === null) continue;
          if (act === 'take') {
            const ahead = model.filter((one) => one.rank < gone.rank);
            const older = model.filter((one) => one.client === gone.client && one.rank === gone.rank);
            expect([ahead, older[0]]).toEqual([[], gone]);
            line.take(gone);
          } else line.remove(gone);
          model = model.filter((one) => one !== gone);
          expect(line.size).toBe(model.length);
        }
        expect([...line].toSorted((x, y) => x.sinceMs - y.sinceMs)).toEqual(model);
      }),
    );
  });

  it('serves every client within one round', () => {
    const clients = Array.from({ length: 50 }, (_, index) => `c${index}-`);
    const line = new WaitingLine();
    for (let round = 0; round < 4; round++) for (const client of clients) line.add(ticket(client, round));
    const names = drained(line);
    for (let round = 0; round < 4; round++) {
      const served = names.slice(round * 50, (round + 1) * 50);
      expect(new Set(served.map((name) => name.split('-')[0])).size).toBe(50);
    }
  });
});
