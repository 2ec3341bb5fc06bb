import { describe, expect, it } from 'vitest';
import type { ScalingScheduleConfig } from '../../../common/config/index.js';
import { ScheduleFloor } from './schedule.floor.js';

const HOUR = 3_600_000;

function floorOf(...schedules: Partial<ScalingScheduleConfig>[]): ScheduleFloor {
  return new ScheduleFloor(
    schedules.map((one) => ({
      cron: '0 8 * * 1-5',
      timezone: 'Europe/Berlin',
      forMs: 10 * HOUR,
      min: 4,
      ...one,
    })),
  );
}

/** `2026-03-30T08:00+02:00 4 until 2026-03-30T16:00Z`, the times as given. */
function at(floor: ScheduleFloor, time: string): [number, string | null] {
  const { min, until } = floor.at(Date.parse(time));
  return [min, until === null ? null : new Date(until).toISOString()];
}

describe('ScheduleFloor', () => {
  it('holds from the begin for as long as said', () => {
    const floor = floorOf({});
    expect(at(floor, '2026-11-27T07:59:59.999+01:00')).toEqual([0, '2026-11-27T07:00:00.000Z']);
    expect(at(floor, '2026-11-27T08:00:00+01:00')).toEqual([4, '2026-11-27T17:00:00.000Z']);
    expect(at(floor, '2026-11-27T17:59:59.999+01:00')).toEqual([4, '2026-11-27T17:00:00.000Z']);
    // A Friday: the next begin is on Monday.
    expect(at(floor, '2026-11-27T18:00:00+01:00')).toEqual([0, '2026-11-30T07:00:00.000Z']);
  });

  it('answers the same in any order of asking', () => {
    const floor = floorOf({});
    const times = ['2026-11-27T12:00Z', '2026-11-20T20:00Z', '2026-11-27T12:00Z', '2026-11-27T06:00Z'];
    expect(times.map((time) => floor.at(Date.parse(time)))).toEqual(
      times.map((time) => floorOf({}).at(Date.parse(time))),
    );
  });

  it('is nothing, for ever, without schedules or with one that never begins', () => {
    expect(at(floorOf(), '2026-11-27T12:00Z')).toEqual([0, null]);
    expect(at(floorOf({ cron: '0 0 30 2 *' }), '2026-11-27T12:00Z')).toEqual([0, null]);
  });

  it('is the highest of those that hold', () => {
    const floor = floorOf(
      {},
      { cron: '0 12 * * *', forMs: HOUR, min: 9 },
      { cron: '0 13 * * *', forMs: HOUR, min: 2 },
    );
    expect(at(floor, '2026-11-27T11:00+01:00')).toEqual([4, '2026-11-27T11:00:00.000Z']);
    expect(at(floor, '2026-11-27T12:30+01:00')).toEqual([9, '2026-11-27T12:00:00.000Z']);
    // The lower one changes nothing.
    expect(at(floor, '2026-11-27T13:00+01:00')).toEqual([4, '2026-11-27T17:00:00.000Z']);
  });

  it('goes on where one turn begins before the last has ended', () => {
    const floor = floorOf({ cron: '*/10 8-9 * * *', timezone: 'UTC', forMs: 15 * 60_000 });
    expect(at(floor, '2026-11-27T08:05Z')).toEqual([4, '2026-11-27T10:05:00.000Z']);
    const endless = floorOf({ cron: '0 * * * *', timezone: 'UTC', forMs: 2 * HOUR });
    const { min, until } = endless.at(Date.parse('2026-11-27T08:05Z'));
    expect(min).toBe(4);
    expect(endless.at(until!).min).toBe(4);
  });

  it('knows seconds and zones that are not whole hours away', () => {
    const floor = floorOf({ cron: '30 0 9 * * *', timezone: 'Asia/Kolkata', forMs: 1_000 });
    expect(at(floor, '2026-11-27T09:00:30.500+05:30')).toEqual([4, '2026-11-27T03:30:31.000Z']);
    expect(at(floor, '2026-11-27T09:00:29.999+05:30')).toEqual([0, '2026-11-27T03:30:30.000Z']);
  });

  it.each(['* * *', '61 * * * *', 'nonsense'])('refuses the expression %j', (cron) => {
    expect(() => floorOf({ cron })).toThrow(/./);
  });

  it('refuses a zone that there is not', () => {
    expect(() => floorOf({ timezone: 'Mars/Olympus' })).toThrow(/Mars\/Olympus/);
  });
});

describe('ScheduleFloor where clocks change', () => {
  const begins = (schedule: Partial<ScalingScheduleConfig>, from: string, count: number): string[] => {
    const floor = floorOf({ forMs: 60_000, ...schedule });
    const found: string[] = [];
    for (let time = Date.parse(from); found.length < count;) {
      time = floor.at(time).until!;
      if (floor.at(time).min > 0) found.push(new Date(time).toISOString());
    }
    return found;
  };

  it('begins at eight by the clock, in summer as in winter', () => {
    expect(begins({}, '2026-03-27T12:00Z', 1)).toEqual(['2026-03-30T06:00:00.000Z']);
    expect(begins({}, '2026-10-23T12:00Z', 1)).toEqual(['2026-10-26T07:00:00.000Z']);
  });

  it('lasts as long as said, over the change', () => {
    const floor = floorOf({ cron: '0 22 * * *', forMs: 10 * HOUR });
    expect(at(floor, '2026-03-28T22:00+01:00')).toEqual([4, '2026-03-29T07:00:00.000Z']);
    expect(at(floor, '2026-10-24T22:00+02:00')).toEqual([4, '2026-10-25T06:00:00.000Z']);
  });

  it.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'Europe/Berlin',
      '0 3 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T01:00:00.000Z'],
    ],
    [
      'Australia/Sydney',
      '30 2 * * *',
      '2026-10-03T00:00Z',
      ['2026-10-03T16:00:00.000Z', '2026-10-04T15:30:00.000Z'],
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-07T12:00Z',
      ['2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z'],
    ],
  ])('begins in %s with %j when the clock skips that, and once', (timezone, cron, from, expected) => {
    expect(begins({ timezone, cron }, from, 2)).toEqual(expected);
  });

  it.each([
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'Europe/Berlin',
      '0 3 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T02:00:00.000Z', '2026-10-26T02:00:00.000Z'],
    ],
    [
      'America/New_York',
      '0 2 * * *',
      '2026-10-31T12:00Z',
      ['2026-11-01T07:00:00.000Z', '2026-11-02T07:00:00.000Z'],
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-03T20:00Z',
      ['2026-04-04T14:45:00.000Z', '2026-04-05T15:15:00.000Z'],
    ],
  ])('begins in %s with %j at the first of two, and once', (timezone, cron, from, expected) => {
    expect(begins({ timezone, cron }, from, 2)).toEqual(expected);
  });

  it('begins every hour, also the one that comes twice', () => {
    expect(begins({ cron: '0 * * * *' }, '2026-10-24T23:30Z', 4)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ]);
    expect(begins({ cron: '*/30 * * * *' }, '2026-10-25T00:01Z', 4)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
    expect(begins({ cron: '0 * * * *' }, '2026-03-28T23:30Z', 3)).toEqual([
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
  });
});
