import { describe, expect, it } from 'vitest';
import { parseTestServerOptions } from './test-server.options.js';

describe('options of the test server', () => {
  it('reads one port, lists and ranges', () => {
    expect(parseTestServerOptions({ port: '9101-9103, 9200' }, {})).toEqual({
      options: { ports: [9101, 9102, 9103, 9200], host: '127.0.0.1', durationMs: 0, name: '' },
    });
    expect(parseTestServerOptions({ port: '0,0' }, {})).toMatchObject({ options: { ports: [0, 0] } });
  });

  it('takes the environment where no flag is given', () => {
    const env = { PORT: '9500', DURATION: '0.25', HOST: '0.0.0.0', NAME: 'shop' };
    expect(parseTestServerOptions({}, env)).toEqual({
      options: { ports: [9500], host: '0.0.0.0', durationMs: 250, name: 'shop' },
    });
    expect(parseTestServerOptions({ port: '9600', duration: '1' }, env)).toMatchObject({
      options: { ports: [9600], durationMs: 1_000 },
    });
    expect(parseTestServerOptions({}, { PORT: '', DURATION: ' ' })).toMatchObject({
      options: { ports: [9101], durationMs: 0 },
    });
  });

  it.each([
    [{ port: 'http' }, {}, /--port: "http" is not a port/],
    [{ port: '70000' }, {}, /--port: "70000" is not a port/],
    [{ port: '9109-9101' }, {}, /--port: "9109-9101" is not a port/],
    [{ port: '' }, {}, /--port: "" is not a port/],
    [{}, { PORT: '-1' }, /PORT: "-1" is not a port/],
    [{ port: '9101,9101' }, {}, /port 9101 is given twice/],
    [{ port: '1-65535' }, {}, /at most 1000 ports/],
    [{ duration: '-1' }, {}, /--duration: "-1" is not a duration/],
    [{ duration: '2s' }, {}, /--duration: "2s" is not a duration.*such as 2 or 0\.25/],
    [{}, { DURATION: '99999' }, /DURATION: "99999" is not a duration/],
  ])('refuses %j %j', (flags, env, message) => {
    const parsed = parseTestServerOptions(flags, env);
    expect('problems' in parsed ? parsed.problems.join(' ') : 'no problem').toMatch(message);
  });

  it('tells all problems at once', () => {
    const parsed = parseTestServerOptions({ port: 'x', duration: 'y' }, {});
    expect(parsed).toMatchObject({ problems: [expect.any(String), expect.any(String)] });
  });
});
