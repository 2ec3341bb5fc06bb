import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { RandomRecords } from '../../../../test/support/random-records.js';
import { BsonWriter } from './bson.writer.js';

const { BSON } = mongo;

function written(value: object, writer = new BsonWriter(16)): Buffer {
  writer.document(value);
  return writer.take();
}

/** As the driver would write it. */
function expected(value: object): Buffer {
  return Buffer.from(BSON.serialize(value, { ignoreUndefined: true }));
}

describe('BSON writer', () => {
  it('writes records byte for byte as the driver does', () => {
    const random = new RandomRecords(31);
    const writer = new BsonWriter(64);
    for (let count = 0; count < 500; count++) {
      const record = random.record();
      const { id, time, ...rest } = record;
      writer.record(record);
      expect(writer.take()).toEqual(expected({ _id: new mongo.ObjectId(id), time: new Date(time), ...rest }));
    }
  });

  it.each([
    {},
    { a: undefined, b: null, c: true, d: false },
    { whole: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)], doubles: [2 ** 31, -(2 ** 31) - 1, 0.5, -0, 2 ** 53] },
    { odd: [Number.NaN, Infinity, -Infinity] },
    { dates: [new Date(0), new Date(-1), new Date(-(2 ** 40)), new Date(8.64e15)] },
    { deep: { er: [{ and: { deeper: [] } }, {}] } },
    { 'with.dots': 1, $dollar: 2, '': 3, ünï: 4, '0': 5 },
    { short: 'é', long: 'é'.repeat(100), pair: '😀', lone: 'a\ud800b', nul: 'a\0b', empty: '' },
  ])('writes %j as the driver does', (value) => {
    expect(written(value)).toEqual(expected(value));
  });

  it('puts documents one behind the other', () => {
    const writer = new BsonWriter(8);
    writer.document({ a: 1 });
    writer.document({ b: 'x'.repeat(1000) });
    const all = Buffer.concat([expected({ a: 1 }), expected({ b: 'x'.repeat(1000) })]);
    expect(writer.length).toBe(all.length);
    expect(writer.take()).toEqual(all);
    expect(writer.length).toBe(0);
  });

  it('keeps what it gave away as it was', () => {
    const writer = new BsonWriter();
    const first = written({ a: 'first' }, writer);
    written({ a: 'other' }, writer);
    expect(first).toEqual(expected({ a: 'first' }));
  });

  it('remembers a bounded number of names', () => {
    const writer = new BsonWriter();
    for (let count = 0; count < 2_000; count++) {
      expect(written({ [`x-${count}`]: 1 }, writer)).toEqual(expected({ [`x-${count}`]: 1 }));
    }
  });

  it.each(['12', 'x'.repeat(24), '0'.repeat(25), ''])('refuses the id %j', (id) => {
    const writer = new BsonWriter();
    expect(() => writer.record({ id, time: 1 })).toThrow(TypeError);
    expect(writer.length).toBe(0);
  });

  const circle: Record<string, unknown> = {};
  circle['again'] = circle;

  it.each([
    [{ a: () => 1 }],
    [{ a: 1n }],
    [{ a: Symbol('s') }],
    [{ a: new Map() }],
    [{ a: Buffer.from('x') }],
    [{ 'a\0b': 1 }],
    [circle],
  ])('refuses what has no place in a document: case %#', (value) => {
    const writer = new BsonWriter();
    writer.document({ before: 1 });
    expect(() => writer.document({ some: 'text', ...value })).toThrow(TypeError);
    writer.document({ after: 1 });
    expect(writer.take()).toEqual(Buffer.concat([expected({ before: 1 }), expected({ after: 1 })]));
  });
});
