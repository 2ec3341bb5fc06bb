import { describe, expect, it } from 'vitest';
import { mergePatched } from '../../../../test/support/event-source.js';
import { mergePatch, type JsonFields } from './merge-patch.js';

describe('mergePatch', () => {
  it.each<[string, JsonFields, JsonFields, unknown]>([
    ['nothing', { a: 1, b: { c: [1, { d: 2 }] } }, { a: 1, b: { c: [1, { d: 2 }] } }, null],
    ['a value', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 3 }],
    ['a value within', { a: { b: 1, c: 2 }, d: 'x' }, { a: { b: 1, c: 3 }, d: 'x' }, { a: { c: 3 } }],
    ['what came and went', { a: { b: 1 } }, { c: { d: true } }, { a: null, c: { d: true } }],
    ['a list, as a whole', { a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    ['another kind of value', { a: { b: 1 } }, { a: 0 }, { a: 0 }],
    [
      'what every object inherits',
      { toString: 1, constructor: { a: 1 } },
      { a: 1 },
      { toString: null, constructor: null, a: 1 },
    ],
    ['an object that became empty', { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
  ])('says %s', (_, before, after, expected) => {
    const patch = mergePatch(before, after);
    expect(patch).toEqual(expected);
    expect(patch === null ? before : mergePatched(before, patch)).toEqual(after);
  });
});
