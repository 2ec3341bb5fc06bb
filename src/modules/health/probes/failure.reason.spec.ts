import { expect, it } from 'vitest';
import { describeFailure, inWords } from './failure.reason.js';

const coded = (code: string, message = `${code}: it failed`) => Object.assign(new Error(message), { code });

it('blames the backend for what it did', () => {
  expect(describeFailure(coded('ECONNREFUSED'))).toEqual({ outcome: 'failed', error: 'connection refused' });
  expect(describeFailure(new AggregateError([coded('EHOSTUNREACH'), coded('ECONNREFUSED')]))).toEqual({
    outcome: 'failed',
    error: 'host unreachable',
  });
});

it('does not blame the backend for what this machine lacks', () => {
  expect(describeFailure(coded('EMFILE'))).toMatchObject({ outcome: 'inconclusive' });
  expect(describeFailure(coded('EADDRNOTAVAIL')).error).toContain('no local address or port');
});

it('repeats what it does not know', () => {
  expect(describeFailure(coded('EWEIRD', 'strange'))).toEqual({
    outcome: 'failed',
    error: 'strange (EWEIRD)',
  });
  expect(describeFailure('text')).toEqual({ outcome: 'failed', error: 'text' });
});

it('writes durations as in the configuration', () => {
  expect([250, 1_500, 2_000].map(inWords)).toEqual(['250ms', '1.5s', '2s']);
});
