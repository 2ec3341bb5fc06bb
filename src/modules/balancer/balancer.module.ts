import { type DynamicModule, Module } from '@nestjs/common';
import type { OutageTeller, SharedMemory } from '../../common/contract/index.js';
import { Balancer } from './balancer.js';

/** Provides the {@link Balancer} to a Nest application that serves traffic itself (`workers: inline`). */
@Module({})
export class BalancerModule {
  /**
   * @param worker index of the own cells of the thread that serves.
   * @param tellOutage As of {@link Balancer}.
   */
  static forMemory(memory: SharedMemory, worker = 0, tellOutage?: OutageTeller): DynamicModule {
    return {
      module: BalancerModule,
      providers: [{ provide: Balancer, useFactory: () => new Balancer(memory, worker, tellOutage) }],
      exports: [Balancer],
    };
  }
}
