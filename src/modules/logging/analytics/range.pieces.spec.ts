import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RESOLUTIONS, RESOLUTION_MS } from './rollup.js';
import { coarsestWithin, rangePieces } from './range.pieces.js';

const { minute: MINUTE, hour: HOUR, day: DAY } = RESOLUTION_MS;
const MIDNIGHT = 20_000 * DAY;

/** Easier to read than times. */
function shown(pieces: ReturnType<typeof rangePieces>): string[] {
  return pieces.map(({ resolution, from, to }) => `${(to - from) / RESOLUTION_MS[resolution]} ${resolution}`);
}

describe('pieces of a range', () => {
  it.each([
    ['nothing', 0, 0, []],
    ['a millisecond', 5, 6, ['1 minute']],
    ['within an hour', 10 * MINUTE, 15 * MINUTE, ['5 minute']],
    ['an hour', HOUR, 2 * HOUR, ['1 hour']],
    ['an hour across the border', HOUR + 30 * MINUTE, 2 * HOUR + 30 * MINUTE, ['60 minute']],
    ['some hours', 10 * MINUTE, 3 * HOUR + 5 * MINUTE, ['50 minute', '2 hour', '5 minute']],
    [
      'some days',
      22 * HOUR + 59 * MINUTE,
      3 * DAY + HOUR + MINUTE,
      ['1 minute', '1 hour', '2 day', '1 hour', '1 minute'],
    ],
  ])('%s', (_, from, to, expected) => {
    expect(shown(rangePieces({ from: MIDNIGHT + from, to: MIDNIGHT + to }, 'day'))).toEqual(expected);
  });

  it('are not longer than the step allows', () => {
    const range = { from: MIDNIGHT, to: MIDNIGHT + 2 * DAY };
    expect(shown(rangePieces(range, coarsestWithin(90 * MINUTE)))).toEqual(['2880 minute']);
    expect(shown(rangePieces(range, coarsestWithin(2 * HOUR)))).toEqual(['48 hour']);
    expect(shown(rangePieces(range, coarsestWithin(DAY)))).toEqual(['2 day']);
    expect(shown(rangePieces(range, coarsestWithin(null)))).toEqual(['2 day']);
  });

  it('read a resolution only where it is complete', () => {
    const complete = { minute: MIDNIGHT + DAY + 30 * MINUTE, hour: MIDNIGHT + 1, day: 0 };
    const range = { from: MIDNIGHT + 5 * HOUR, to: MIDNIGHT + DAY + 2 * HOUR };
    expect(rangePieces(range, 'minute', complete)).toEqual([
      { resolution: 'day', from: MIDNIGHT, to: MIDNIGHT + DAY },
      { resolution: 'hour', from: MIDNIGHT + DAY, to: MIDNIGHT + DAY + HOUR },
      { resolution: 'minute', from: MIDNIGHT + DAY + HOUR, to: MIDNIGHT + DAY + 2 * HOUR },
    ]);
  });

  it('cover the range without a gap, only just, each at its resolution', () => {
    const times = fc.integer({ min: MIDNIGHT, max: MIDNIGHT + 5 * DAY });
    const complete = fc.record({ minute: times, hour: times, day: fc.constant(0) });
    fc.assert(
      fc.property(
        times,
        times,
        fc.constantFrom(...RESOLUTIONS),
        fc.option(complete),
        (a, b, coarsest, since) => {
          const [from, to] = a < b ? [a, b] : [b, a + 1];
          const pieces = rangePieces({ from, to }, coarsest, since ?? undefined);
          expect(pieces.length).toBeLessThanOrEqual(9);
          const first = pieces[0]!;
          const last = pieces.at(-1)!;
          expect(first.from).toBeLessThanOrEqual(from);
          expect(first.from + RESOLUTION_MS[first.resolution]).toBeGreaterThan(from);
          expect(last.to).toBeGreaterThanOrEqual(to);
          expect(last.to - RESOLUTION_MS[last.resolution]).toBeLessThan(to);
          for (const [index, piece] of pieces.entries()) {
            const length = RESOLUTION_MS[piece.resolution];
            expect([piece.from % length, piece.to % length]).toEqual([0, 0]);
            expect(piece.to).toBeGreaterThan(piece.from);
            if (index > 0) expect(piece.from).toBe(pieces[index - 1]!.to);
            if (since === null) expect(length).toBeLessThanOrEqual(RESOLUTION_MS[coarsest]);
            else expect(piece.from).toBeGreaterThanOrEqual(since[piece.resolution]);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
