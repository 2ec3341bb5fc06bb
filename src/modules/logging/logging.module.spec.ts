import type { AddressInfo } from 'node:net';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger as PinoNestLogger } from 'nestjs-pino';
import { expect, it } from 'vitest';
import { DirectAccessLog } from '../../../test/support/direct-access-log.js';
import { MemoryLogStore } from '../../../test/support/memory-log.store.js';
import { RandomRecords } from '../../../test/support/random-records.js';
import type {
  AccessLogRecord,
  AuditLogRecord,
  HealthLogRecord,
  ScalingLogRecord,
} from '../../common/contract/index.js';
import {
  AccessLogShipper,
  AUDIT_LOG_STORE,
  BatchingRecorder,
  createApplicationLogger,
  HEALTH_LOG_STORE,
  HealthLogRecorder,
  LogQueryService,
  SCALING_LOG_STORE,
  ScalingLogRecorder,
} from './index.js';
import { LoggingModule } from './logging.module.js';

const lines: string[] = [];
const accessStore = new MemoryLogStore<AccessLogRecord>();
const healthStore = new MemoryLogStore<HealthLogRecord>();
const scalingStore = new MemoryLogStore<ScalingLogRecord>();

@Module({
  providers: [
    { provide: HEALTH_LOG_STORE, useValue: healthStore },
    { provide: AUDIT_LOG_STORE, useValue: new MemoryLogStore<AuditLogRecord>() },
    { provide: SCALING_LOG_STORE, useValue: scalingStore },
  ],
  exports: [HEALTH_LOG_STORE, AUDIT_LOG_STORE, SCALING_LOG_STORE],
})
class StoresModule {}

@Controller()
class GreetingController {
  private readonly logger = new Logger('Greeting');

  @Get('greeting')
  greet(): string {
    this.logger.log('greeted');
    return 'hello';
  }
}

async function start() {
  const logger = await createApplicationLogger(
    { level: 'debug', format: 'json' },
    { write: (line) => void lines.push(line) },
  );
  const config = { healthLog: { record: 'all' as const, retentionMs: 0 } };
  const accessLog = new DirectAccessLog(accessStore);

  @Module({
    imports: [LoggingModule.forRoot({ config, logger, accessLog, imports: [{ module: StoresModule }] })],
    controllers: [GreetingController],
  })
  class RootModule {}

  const app = await NestFactory.create(RootModule, { bufferLogs: true });
  app.useLogger(app.get(PinoNestLogger));
  await app.listen(0, '127.0.0.1');
  return { app, port: (app.getHttpServer().address() as AddressInfo).port };
}

it('provides the logs to a Nest application, logs its requests at debug without secrets, and empties at shutdown', async () => {
  const { app, port } = await start();
  const response = await fetch(`http://127.0.0.1:${port}/greeting?token=s3cret&a=1`, {
    headers: { authorization: 'Bearer s3cret' },
  });
  expect(await response.text()).toBe('hello');

  const record = new RandomRecords(1).record();
  const shipper = app.get(AccessLogShipper);
  const recorder = new BatchingRecorder((batch, records) => shipper.accept(batch, records));
  recorder.record(record);
  recorder.flush();
  const health = { ...record, kind: 'probe' } as unknown as HealthLogRecord;
  app.get(HealthLogRecorder).record(health);
  app.get(ScalingLogRecorder).record({ ...record, kind: 'started' } as unknown as ScalingLogRecord);
  expect(app.get(LogQueryService)).toBeInstanceOf(LogQueryService);
  await app.close();
  expect([...accessStore.records.values()]).toEqual([record]);
  expect(healthStore.records.size).toBe(1);
  expect(scalingStore.records.size).toBe(1);

  const written = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(written.find(({ msg }) => msg === 'admin request')).toMatchObject({
    level: 'debug',
    req: { method: 'GET', url: '/greeting?token=***&a=1', client: '127.0.0.1' },
    res: { status: 200 },
  });
  expect(written.find(({ msg }) => msg === 'greeted')).toMatchObject({
    level: 'info',
    component: 'Greeting',
  });
  expect(lines.join('')).not.toContain('s3cret');
});
