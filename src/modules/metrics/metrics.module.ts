import { type DynamicModule, Module } from '@nestjs/common';
import { MetricsRegistry } from './metrics.registry.js';
import { METRICS_SOURCE, type MetricsSource } from './metrics.source.js';

/** Provides the {@link MetricsRegistry}. METRICS_SOURCE comes from one of `imports`, or from a global module. */
@Module({})
export class MetricsModule {
  static forRoot(imports: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: MetricsModule,
      imports,
      providers: [
        {
          provide: MetricsRegistry,
          inject: [METRICS_SOURCE],
          useFactory: (source: MetricsSource) => new MetricsRegistry(source),
        },
      ],
      exports: [MetricsRegistry],
    };
  }
}
