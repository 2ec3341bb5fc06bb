import { expect, it } from 'vitest';
import { SERVICE_CELLS, ServiceCell } from '../../common/contract/index.js';
import { BalancerFixture, serviceSnapshot } from '../../../test/support/balancer.fixture.js';
import { TurnCursor } from './turn.cursor.js';

it('goes on without a skip where the counter passes half of its range, whatever the length', () => {
  for (const length of [1, 3, 7, 1000, 65_539]) {
    const fixture = new BalancerFixture([serviceSnapshot()]);
    fixture.setCursor(0, 2 ** 31 - 5);
    const cursor = new TurnCursor(fixture.memory, 0);
    let expected = (2 ** 31 - 5) % length;
    for (let turn = 0; turn < 20; turn++) {
      expect(cursor.take(length)).toBe(expected);
      expected = (expected + 1) % length;
    }
    const position = Atomics.load(fixture.memory.services, ServiceCell.cursor);
    expect(position).toBeGreaterThanOrEqual(0);
    expect(position).toBeLessThan(length + 20);
  }
});

it('is shared by all who count for the service, and by nobody else', () => {
  const fixture = new BalancerFixture([serviceSnapshot({ slot: 1 })]);
  const one = new TurnCursor(fixture.memory, 0);
  const same = new TurnCursor(fixture.memory, 0);
  const other = new TurnCursor(fixture.memory, 1);
  expect([one.take(10), same.take(10), one.take(10)]).toEqual([0, 1, 2]);
  expect(other.take(10)).toBe(0);
  expect(Atomics.load(fixture.memory.services, SERVICE_CELLS + ServiceCell.cursor)).toBe(1);
});

it('shows the next turn without taking it and goes on from where it is moved to', () => {
  const fixture = new BalancerFixture([serviceSnapshot()]);
  const cursor = new TurnCursor(fixture.memory, 0);
  cursor.take(4);
  expect([cursor.peek(4), cursor.peek(4)]).toEqual([1, 1]);
  cursor.moveTo(3);
  expect([cursor.take(4), cursor.take(4)]).toEqual([3, 0]);
});
