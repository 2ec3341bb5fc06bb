import { Logger } from '@nestjs/common';
import { expect, it } from 'vitest';
import { createApplicationLogger } from '../modules/logging/index.js';
import { NestLogger } from './nest.logger.js';

async function written(log: (logger: Logger) => void): Promise<Record<string, unknown>> {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const logger = await createApplicationLogger({ level: 'info', format: 'json' }, destination);
  Logger.overrideLogger(new NestLogger(logger));
  log(new Logger('Part'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!);
}

it('keeps both the error and what is said about it', async () => {
  expect(
    await written((log) => log.error(new TypeError('no such thing'), 'A listener failed')),
  ).toMatchObject({
    level: 'error',
    component: 'Part',
    msg: 'A listener failed',
    err: { type: 'TypeError', message: 'no such thing' },
  });
  expect(await written((log) => log.error(new TypeError('alone')))).toMatchObject({ msg: 'alone' });
});

it('keeps fields with their message, and a message with its stack', async () => {
  expect(await written((log) => log.error({ requestId: 'r-1' }, 'request failed'))).toMatchObject({
    component: 'Part',
    requestId: 'r-1',
    msg: 'request failed',
  });
  const line = await written((log) => log.error('broken', 'Error: broken\n    at here'));
  expect(line).toMatchObject({ msg: 'broken', stack: 'Error: broken\n    at here' });
});
