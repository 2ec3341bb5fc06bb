import { describe, expect, it } from 'vitest';
import type { VelocityError } from '../../../common/errors/index.js';
import { TraceCursor } from './load.trace.js';
import { sine, steps } from './trace.generator.js';
import { parseTrace, type TraceSource } from './trace.parser.js';

function parsed(text: string, source: Partial<TraceSource> = {}) {
  return parseTrace(text, { file: 'load.csv', kind: null, ...source });
}

function refusal(text: string, source: Partial<TraceSource> = {}): VelocityError {
  try {
    parsed(text, source);
  } catch (error) {
    return error as VelocityError;
  }
  throw new Error('was accepted');
}

describe('parseTrace', () => {
  it('reads comma-separated lines, the last as long as the one before', () => {
    expect(parsed('# a morning\nseconds,inFlight\n\n0,10\r\n60,20.5\n')).toEqual({
      kind: 'inFlight',
      points: [
        { atMs: 0, value: 10 },
        { atMs: 60_000, value: 20.5 },
      ],
      durationMs: 120_000,
    });
  });

  it('reads lines without a head as what is said, else as requests per second', () => {
    expect(parsed('0,1').kind).toBe('requestsPerSecond');
    expect(parsed('0;1', { kind: 'inFlight' }).kind).toBe('inFlight');
  });

  it('reads JSON lines, and begins with the first of them', () => {
    const text =
      '{"seconds":1700000000,"requestsPerSecond":5,"host":"a"}\n{"seconds":1700000030,"requestsPerSecond":7}';
    expect(parsed(text, { durationMs: 90_000 })).toEqual({
      kind: 'requestsPerSecond',
      points: [
        { atMs: 0, value: 5 },
        { atMs: 30_000, value: 7 },
      ],
      durationMs: 90_000,
    });
  });

  it.each([
    ['0,1\n5,x', 2, 'the load must be a number from 0 to 100000000000, not "x"'],
    ['0,1\n5,-1', 2, 'the load must be a number'],
    ['0,1\n,5', 2, 'the time must be a number'],
    ['0,1\n5', 2, 'two numbers are expected'],
    ['0,1\n\n5,1,2', 3, 'two numbers are expected'],
    ['0,1\n10,1\n10,2', 3, '10 s is not after the line before (10 s)'],
    ['time,load\n0,1', 1, 'the head must be seconds,requestsPerSecond or seconds,inFlight'],
    ['{"seconds":0,"inFlight":1}\n{"seconds":5', 2, 'is no JSON object'],
    ['{"seconds":0,"load":1}', 1, 'requestsPerSecond or inFlight is missing'],
    ['{"seconds":0,"inFlight":1}\n{"seconds":1,"requestsPerSecond":1}', 2, 'a trace has one of them'],
  ])('names the line that is wrong in %j', (text, line, message) => {
    const { code, issues, message: whole } = refusal(text);
    expect(code).toBe('REQUEST_INVALID');
    expect(issues[0]).toMatchObject({ file: 'load.csv', line });
    expect(issues[0]!.message).toContain(message);
    expect(whole).toContain(`load.csv, line ${line}: `);
  });

  it('names all of them, but not without end', () => {
    expect(refusal('0,x\n1,2\n2,x').issues.map(({ line }) => line)).toEqual([1, 3]);
    expect(refusal('0,x\n'.repeat(99)).issues).toHaveLength(10);
  });

  it('refuses a trace without lines, and one that is not what was said', () => {
    expect(refusal('# nothing\n').message).toBe('load.csv has no line with a load');
    expect(refusal('seconds,inFlight\n0,1', { kind: 'requestsPerSecond' }).issues[0]!.line).toBe(1);
  });
});

describe('generated loads', () => {
  it('are values one after the other', () => {
    const trace = steps('inFlight', [10, 500, 10], 90_000);
    const cursor = new TraceCursor(trace);
    expect([0, 29_999, 30_000, 59_999, 60_000, 89_999].map((at) => cursor.at(at))).toEqual([
      10, 10, 500, 500, 10, 10,
    ]);
  });

  it('are waves from low to high and back', () => {
    const { points, durationMs } = sine(
      'requestsPerSecond',
      { low: 10, high: 50, periodMs: 60_000 },
      120_000,
    );
    const cursor = new TraceCursor({ kind: 'requestsPerSecond', points, durationMs });
    expect([0, 15_000, 30_000, 45_000, 60_000, 90_000].map((at) => cursor.at(at))).toEqual([
      10, 30, 50, 30, 10, 50,
    ]);
    expect(durationMs).toBe(120_000);
  });
});
