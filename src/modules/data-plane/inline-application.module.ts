import type { RequestListener } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HttpLane, Pipeline } from '../proxy/index.js';
import { ProxyModule, type ProxyModuleOptions } from '../proxy/proxy.module.js';
import type { InlineApplication } from './inline.data-plane.js';

/** The Nest application that serves traffic when no worker does. */
@Module({})
class InlineApplicationModule {}

/** Composes the data plane's classes by Nest: every request goes through `ProxyMiddleware`. */
export async function createInlineApplication(options: ProxyModuleOptions): Promise<InlineApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    { module: InlineApplicationModule, imports: [ProxyModule.register(options)] },
    { bodyParser: false, logger: false },
  );
  await app.init();
  return {
    pipeline: app.get(Pipeline),
    lane: app.get(HttpLane),
    handler: app.getHttpAdapter().getInstance() as RequestListener,
    close: () => app.close(),
  };
}
