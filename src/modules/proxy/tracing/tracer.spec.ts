import { describe, expect, it } from 'vitest';
import { attemptSpanId } from '../../../common/contract/index.js';
import { readTraceparent } from './traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, true],
    [`00-${TRACE}-${SPAN}-00`, false],
    [`00-${TRACE}-${SPAN}-ff`, true],
    // Of later versions what is known counts, and what follows a dash is theirs.
    [`01-${TRACE}-${SPAN}-01`, true],
    [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('%s is read', (text, isSampled) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, isSampled });
  });

  it.each([
    '',
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-1`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    `ff-${TRACE}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01.more`,
    `0g-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00_${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0x`,
  ])('%s is none', (text) => {
    expect(readTraceparent(text)).toBeNull();
  });
});

it('attempts have ids of their own, also at the same backend, and never none', () => {
  const backends = ['00112233445566aa', 'ffffffffffffffff', SPAN];
  const ids = backends.flatMap((backend) => [0, 1, 2].map((nth) => attemptSpanId(SPAN, backend, nth)));
  expect(new Set(ids).size).toBe(9);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(ids).not.toContain(SPAN);
  expect(attemptSpanId('00000000ffffffff', '0'.repeat(16), 0)).toBe('0000000000000001');
});
