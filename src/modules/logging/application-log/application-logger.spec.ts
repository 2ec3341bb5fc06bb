import { describe, expect, it } from 'vitest';
import { createApplicationLogger, type LogSettings } from './application-logger.js';
import type { VelocityLogger } from './velocity.logger.js';

class Lines {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  parsed(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}

async function open(settings: Partial<LogSettings> = {}) {
  const lines = new Lines();
  return { lines, log: await createApplicationLogger({ level: 'info', format: 'json', ...settings }, lines) };
}

describe('json', () => {
  it('writes one object per line, at once, with time, level and the fields', async () => {
    const { lines, log } = await open();
    const logger: VelocityLogger = log.child({ component: 'supervisor' });
    logger.warn({ worker: 3 }, 'worker ended');
    logger.debug({}, 'not at this level');
    expect(lines.parsed()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        component: 'supervisor',
        worker: 3,
        msg: 'worker ended',
      },
    ]);
  });

  it('tells an error with its stack and cause', async () => {
    const { lines, log } = await open();
    log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    expect(lines.parsed()[0]?.err).toMatchObject({
      type: 'Error',
      message: 'outer: inner',
      stack: expect.stringContaining('inner'),
    });
  });

  it('writes no secret, wherever it stands', async () => {
    const { lines, log } = await open({ level: 'trace' });
    const headers = {
      authorization: 'Bearer s3cret',
      cookie: 'lb=s3cret',
      'set-cookie': ['lb=s3cret'],
      host: 'a',
    };
    log.info({ headers, token: 's3cret', 'set-cookie': 's3cret' }, 'one');
    log.info(
      { req: { headers }, storage: { password: 's3cret' }, snapshot: { affinitySecret: 's3cret' } },
      'two',
    );
    log.info({ request: { raw: { headers } } }, 'three');
    expect(lines.text).not.toContain('s3cret');
    expect(lines.text.match(/\[redacted\]/g)).toHaveLength(5 + 5 + 3);
    expect(lines.parsed()[0]?.headers).toMatchObject({ host: 'a' });
  });
});

it('pretty is for people: no JSON, the same facts', async () => {
  const { lines, log } = await open({ format: 'pretty' });
  log.info({ port: 8000 }, 'listening');
  expect(lines.text).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] INFO: listening\n {4}port: 8000\n$/);
});

it('silent writes nothing', async () => {
  const { lines, log } = await open({ level: 'silent' });
  log.fatal({}, 'end');
  expect(lines.text).toBe('');
});
