import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type {
  PolicyEvent,
  RedisSettings,
  SharedMemory,
  TracingSettings,
} from '../../common/contract/index.js';
import { BalancerModule } from '../balancer/balancer.module.js';
import { Balancer } from '../balancer/index.js';
import type { ExchangeRecorder } from './exchange-recorder.js';
import { HttpLane } from './http-lane/http-lane.js';
import { Pipeline } from './pipeline.js';
import type { PipelineParts } from './pipeline-parts.js';
import type { Blocklists } from './policies/block/blocklists.js';
import { makePolicies } from './policies/policy.list.js';
import { Tracer } from './tracing/tracer.js';
import { makeTrafficParts } from './traffic-parts.js';
import { ProxyMiddleware } from './proxy.middleware.js';

export interface ProxyModuleOptions {
  readonly memory: SharedMemory;
  /** Index of the own cells of the thread that serves. Default: 0. */
  readonly worker?: number;
  readonly recorder: ExchangeRecorder;
  /** Who is blocked everywhere. Default: nobody. */
  readonly blocklists?: Blocklists;
  /** Default: rate limits count in this balancer alone. */
  readonly redis?: RedisSettings | null;
  /** Default: traces are passed on. */
  readonly tracing?: TracingSettings | null;
  /** Where records go of exchanges whose spans are recorded. Default: nowhere. */
  readonly spans?: ExchangeRecorder;
  /** Tells the main thread; must not throw. Default: nobody is told. */
  readonly tellEvent?: (event: PolicyEvent) => void;
  readonly onError: PipelineParts['onError'];
}

/** The part of an Express application that is needed here. */
interface Express {
  disable(setting: string): void;
}

/**
 * The data plane's classes as Nest providers, and the middleware that puts every request through them. The application
 * that imports this serves traffic on its own server: create it with `bodyParser: false`, call `HttpListener.attach` with
 * its server before it listens, and `Pipeline.use` with each snapshot.
 */
@Module({})
export class ProxyModule implements NestModule {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  static register(options: ProxyModuleOptions): DynamicModule {
    const worker = options.worker ?? 0;
    return {
      module: ProxyModule,
      imports: [BalancerModule.forMemory(options.memory, worker, options.tellEvent)],
      providers: [
        {
          provide: Pipeline,
          inject: [Balancer],
          useFactory: (balancer: Balancer) => makePipeline(balancer, worker, options),
        },
        {
          provide: HttpLane,
          inject: [Pipeline, Balancer],
          useFactory: (pipeline: Pipeline, balancer: Balancer) => new HttpLane(pipeline, balancer),
        },
        ProxyMiddleware,
      ],
      exports: [Pipeline, HttpLane, BalancerModule],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    // A proxy shows what the backend says; and a field that is set before makes Node lose the order of the others.
    this.adapterHost.httpAdapter.getInstance<Express>().disable('x-powered-by');
    consumer.apply(ProxyMiddleware).forRoutes('/');
  }
}

function makePipeline(balancer: Balancer, worker: number, options: ProxyModuleOptions): Pipeline {
  return new Pipeline({
    balancer,
    worker,
    cells: options.memory.workers[worker]!,
    recorder: options.recorder,
    tracer: new Tracer(options.tracing),
    ...(options.spans !== undefined && { spans: options.spans }),
    policies: makePolicies(options.memory, worker, options.blocklists),
    ...makeTrafficParts(options.memory, worker, { balancer, ...options }),
    onError: options.onError,
  });
}
