import { expect, it } from 'vitest';
import { SERVICE_CELLS, ServiceCell } from '../../common/contract/index.js';
import { BalancerFixture, serviceSnapshot } from '../../../test/support/balancer.fixture.js';
import { ServiceLock } from './service.lock.js';

function setUp() {
  const { memory } = new BalancerFixture([serviceSnapshot({ slot: 1 })], 2);
  const cell = () => Atomics.load(memory.services, SERVICE_CELLS + ServiceCell.lock);
  return { memory, cell, mine: new ServiceLock(memory, 0), other: new ServiceLock(memory, 1) };
}

it('names its holder, and is free again after release', () => {
  const { cell, mine, other } = setUp();
  expect(mine.acquire(1)).toBe(true);
  expect(cell()).toBe(1);
  mine.release(1);
  expect(cell()).toBe(0);
  expect(other.acquire(1)).toBe(true);
  expect(cell()).toBe(2);
});

it('gives up after a bounded wait, and then frees nobody else', () => {
  const { cell, mine, other } = setUp();
  other.acquire(1);
  const start = performance.now();
  expect(mine.acquire(1)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
  mine.release(1);
  expect(cell()).toBe(2);
});
