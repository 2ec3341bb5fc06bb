import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { BalancerFixture, serviceSnapshot } from '../../../test/support/balancer.fixture.js';
import { Balancer } from './balancer.js';
import { BalancerModule } from './balancer.module.js';

it('provides a balancer over the given memory', async () => {
  const { memory } = new BalancerFixture([serviceSnapshot()], 2);
  const module = await Test.createTestingModule({ imports: [BalancerModule.forMemory(memory, 1)] }).compile();
  expect(module.get(Balancer)).toBeInstanceOf(Balancer);
  expect(module.get(Balancer).generation).toBe(0);
  await module.close();
});
