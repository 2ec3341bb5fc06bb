import { describe, expect, it } from 'vitest';
import { RandomRecords } from '../../../test/support/random-records.js';
import {
  ALGORITHM_CODES,
  MAX_ATTEMPTS,
  MAX_RECORD_BYTES,
  METHOD_CODES,
  PROTOCOL_CODES,
  TEXT_LIMITS,
} from './access-log.codec.js';
import { countedRecordsOf, decodeAccessLog } from './access-log.decoder.js';
import { AccessLogEncoder } from './access-log.encoder.js';
import { ATTEMPT_OUTCOMES, type AccessLogRecord } from './access-log.js';
import { DECISION_LIMITS } from './decision/decision-record.js';

function encode(records: readonly AccessLogRecord[]): ArrayBuffer {
  const encoder = new AccessLogEncoder(8 * 1024 * 1024);
  for (const record of records) expect(encoder.append(record)).toBe(true);
  expect(encoder.records).toBe(records.length);
  return encoder.take();
}

function longest(): AccessLogRecord {
  const random = new RandomRecords(3);
  const text = (limit: number) => 'é'.repeat(limit);
  return {
    ...random.record(),
    service: text(TEXT_LIMITS.service),
    requestId: text(TEXT_LIMITS.requestId),
    host: text(TEXT_LIMITS.host),
    method: text(TEXT_LIMITS.method),
    path: text(TEXT_LIMITS.path),
    query: text(TEXT_LIMITS.query),
    protocol: text(TEXT_LIMITS.protocol),
    client: text(TEXT_LIMITS.client),
    userAgent: text(TEXT_LIMITS.userAgent),
    referer: text(TEXT_LIMITS.referer),
    headers: Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`${index}-`.padEnd(130, 'x'), text(TEXT_LIMITS.headerValue)]),
    ),
    backend: random.hex(16),
    bytesIn: Number.MAX_SAFE_INTEGER,
    bytesOut: Number.MAX_SAFE_INTEGER,
    totalUs: Number.MAX_SAFE_INTEGER,
    decision: random.decisions.longest(),
    attempts: Array.from({ length: 300 }, () => ({ ...random.attempt(), totalUs: Number.MAX_SAFE_INTEGER })),
  };
}

describe('round trip', () => {
  it('gives back every random record exactly, one by one and in batches', () => {
    const random = new RandomRecords(1);
    const records = Array.from({ length: 3_000 }, () => random.record());
    for (const record of records.slice(0, 500)) {
      expect(decodeAccessLog(encode([record]))).toEqual({ records: [record], counted: [], error: null });
    }
    expect(decodeAccessLog(encode(records))).toEqual({ records, counted: [], error: null });
  });

  it('tells exchanges that are only counted from those that are recorded', () => {
    const random = new RandomRecords(4);
    const records = Array.from({ length: 200 }, () => random.record());
    const isCounted = records.map(() => random.integer(3) === 0);
    const encoder = new AccessLogEncoder(8 * 1024 * 1024);
    for (const [index, record] of records.entries()) encoder.append(record, !isCounted[index]);
    const batch = encoder.take();
    const counted = records.filter((_, index) => isCounted[index]);
    expect(countedRecordsOf(batch)).toBe(counted.length);
    expect(decodeAccessLog(batch)).toEqual({
      records: records.filter((_, index) => !isCounted[index]),
      counted,
      error: null,
    });
  });

  it('counts in whatever bytes there are, without an end in sight or at none', () => {
    const random = new RandomRecords(5);
    const encoder = new AccessLogEncoder(65_536);
    for (let count = 0; count < 5; count++) encoder.append(random.record(), false);
    const batch = encoder.take();
    expect(countedRecordsOf(batch.slice(0, batch.byteLength - 1))).toBe(4);
    expect(countedRecordsOf(new ArrayBuffer(0))).toBe(0);
    expect(countedRecordsOf(new ArrayBuffer(64))).toBe(0);
    expect(countedRecordsOf(Buffer.alloc(64, 255).buffer)).toBe(0);
  });

  it('keeps a path of 8 KiB whose bytes are all above 127', () => {
    const path = `/${'\u00ff'.repeat(8_191)}`;
    const [record] = decodeAccessLog(encode([{ ...new RandomRecords(6).record(), path }])).records;
    expect(record?.path).toBe(path);
  });

  it('keeps headers under whatever names, and cuts their values', () => {
    const headers = JSON.parse('{"__proto__":"a","constructor":"\\u00ff","x":"y"}') as Record<string, string>;
    headers['long'] = 'é'.repeat(300);
    const [record] = decodeAccessLog(encode([{ ...new RandomRecords(7).record(), headers }])).records;
    expect(Object.entries(record?.headers ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', '\u00ff'],
      ['x', 'y'],
      ['long', 'é'.repeat(128)],
    ]);
  });

  it('keeps each of the 256 byte values of a path', () => {
    const path = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    const [record] = decodeAccessLog(encode([{ ...new RandomRecords(2).record(), path }])).records;
    expect(Buffer.from(record?.path ?? '', 'latin1')).toEqual(Buffer.from(path, 'latin1'));
  });

  it('rounds fractions, and makes 0 of what is negative or not a number', () => {
    const odd = {
      ...new RandomRecords(2).record(),
      totalUs: 12.6,
      queueUs: -3,
      connectUs: NaN,
      bytesOut: Infinity,
    };
    const [record] = decodeAccessLog(encode([odd])).records;
    expect(record).toMatchObject({
      totalUs: 13,
      queueUs: 0,
      connectUs: 0,
      bytesOut: Number.MAX_SAFE_INTEGER,
    });
  });

  it('cuts texts at their limits after a whole character, and attempts at 255', () => {
    const [record] = decodeAccessLog(encode([longest()])).records;
    expect(record?.path).toBe('é'.repeat(TEXT_LIMITS.path / 2));
    expect(record?.userAgent).toBe('é'.repeat(TEXT_LIMITS.userAgent / 2));
    expect(record?.method).toBe('é'.repeat(TEXT_LIMITS.method / 2));
    expect(record?.attempts).toHaveLength(MAX_ATTEMPTS);
    const odd = { ...longest(), client: 'x' + '日'.repeat(30) };
    expect(decodeAccessLog(encode([odd])).records[0]?.client).toBe('x' + '日'.repeat(21));
  });

  it('keeps of a decision as much as a record holds, and counts the rest', () => {
    const { decision } = decodeAccessLog(encode([longest()])).records[0]!;
    expect(decision?.limits).toHaveLength(DECISION_LIMITS.limits);
    expect(decision?.picks).toHaveLength(DECISION_LIMITS.picks);
    expect(decision?.morePicks).toBeGreaterThanOrEqual(4);
    expect(decision?.picks[0]?.candidates).toHaveLength(DECISION_LIMITS.candidates);
    expect(decision?.picks[0]?.others).toBeGreaterThanOrEqual(8);
  });

  it('never needs more room than MAX_RECORD_BYTES', () => {
    expect(encode([longest()]).byteLength).toBeLessThanOrEqual(MAX_RECORD_BYTES);
  });
});

describe('encoder', () => {
  it('is full once the capacity is reached, and starts anew after take', () => {
    const encoder = new AccessLogEncoder(1_000);
    const random = new RandomRecords(4);
    const sent: AccessLogRecord[] = [];
    const received: AccessLogRecord[] = [];
    const emptied: [records: number, appended: boolean][] = [];
    for (let count = 0; count < 200; count++) {
      const record = random.record();
      if (!encoder.append(record)) {
        received.push(...decodeAccessLog(encoder.take()).records);
        emptied.push([encoder.records, encoder.append(record)]);
      }
      sent.push(record);
    }
    received.push(...decodeAccessLog(encoder.take()).records);
    expect(received).toEqual(sent);
    expect(emptied.length).toBeGreaterThan(20);
    expect(new Set(emptied.flat())).toEqual(new Set([0, true]));
  });

  it.each([
    ['record id', { id: 'xyz' }],
    ['upper-case record id', { id: 'A'.repeat(24) }],
    ['backend', { backend: 'b-1' }],
    ['attempt', { attempts: [{ ...new RandomRecords(5).attempt(), backend: 'é'.repeat(16) }] }],
  ])('refuses a bad %s and stays whole', (_, change) => {
    const encoder = new AccessLogEncoder(1_000);
    const good = new RandomRecords(5).record();
    expect(() => encoder.append({ ...good, ...change })).toThrow(RangeError);
    encoder.append(good);
    expect(decodeAccessLog(encoder.take())).toEqual({ records: [good], counted: [], error: null });
  });
});

describe('decoder on bad bytes', () => {
  const random = new RandomRecords(6);
  const records = Array.from({ length: 4 }, () => random.record());
  const sound = encode(records);
  const ends = recordEnds(sound);

  it('gives what is whole of a batch torn at any byte', () => {
    for (let length = 0; length < sound.byteLength; length++) {
      const { records: whole, error } = decodeAccessLog(sound.slice(0, length));
      expect(whole).toEqual(records.slice(0, ends.filter((end) => end <= length).length));
      expect(error?.fault ?? null).toBe(ends.includes(length) || length === 3 ? null : 'torn');
    }
  });

  it('passes over a record that makes no sense', () => {
    const bytes = Buffer.from(sound.slice(0));
    bytes[(ends[0] as number) + 4 + 12 + 6 + 1] = 200;
    const { records: whole, error } = decodeAccessLog(bytes.buffer);
    expect(whole).toEqual([records[0], records[2], records[3]]);
    expect(error).toMatchObject({
      fault: 'corrupt',
      message: 'Access-log batch is corrupt: unknown drop reason 199.',
    });
  });

  it('passes over fields that a newer build has appended', () => {
    const first = Buffer.from(sound.slice(0, ends[0]));
    const longer = Buffer.concat([first, Buffer.from('newer'), Buffer.from(sound.slice(ends[0]))]);
    longer.writeUInt32LE(longer.readUInt32LE(3) + 5, 3);
    expect(decodeAccessLog(toArrayBuffer(longer))).toEqual({ records, counted: [], error: null });
  });

  it('takes nothing from an unknown layout or from something else', () => {
    const newer = Buffer.from(sound.slice(0));
    newer[2] = 9;
    expect(decodeAccessLog(newer.buffer)).toMatchObject({ records: [], error: { fault: 'version' } });
    expect(decodeAccessLog(toArrayBuffer(Buffer.from('{"json":1}')))).toMatchObject({
      records: [],
      error: { fault: 'foreign' },
    });
  });

  it('survives fuzzing: random bytes, and flipped ones in sound batches', () => {
    let withError = 0;
    for (let round = 0; round < 4_000; round++) {
      const bytes = Buffer.from(sound.slice(0));
      const flips = 1 + random.integer(8);
      for (let flip = 0; flip < flips; flip++)
        bytes[3 + random.integer(bytes.length - 3)] = random.integer(256);
      if (round % 4 === 0) for (let at = 3; at < bytes.length; at++) bytes[at] = random.integer(256);
      const { records: whole, error } = decodeAccessLog(bytes.buffer);
      expect(whole.length).toBeLessThanOrEqual(bytes.length / 40);
      if (error) withError++;
      for (const record of whole) expect(record.id).toMatch(/^[0-9a-f]{24}$/);
    }
    expect(withError).toBeGreaterThan(1_000);
  });
});

/** Tables whose index is on the wire: what stands here may only grow at its end. */
it('keeps the wire codes', () => {
  expect(ALGORITHM_CODES.slice(0, 10).join()).toBe(
    'round-robin,weighted-round-robin,least-connections,random,power-of-two-choices,peak-ewma,ip-hash,url-hash,header-hash,sticky-round-robin',
  );
  expect(ATTEMPT_OUTCOMES.slice(0, 14).join()).toBe(
    'ok,connect_failed,connect_timeout,reset,bad_response,response_timeout,request_timeout,body_timeout,truncated,client_closed,shutting_down,internal_error,bad_status,hedged',
  );
  expect(METHOD_CODES.slice(0, 9).join()).toBe('GET,HEAD,POST,PUT,DELETE,OPTIONS,PATCH,TRACE,CONNECT');
  expect(PROTOCOL_CODES.slice(0, 3).join()).toBe('HTTP/1.1,HTTP/1.0,HTTP/2.0');
});

function recordEnds(batch: ArrayBuffer): number[] {
  const view = new DataView(batch);
  const ends: number[] = [];
  for (let at = 3; at < batch.byteLength;) {
    at += 4 + view.getUint32(at, true);
    ends.push(at);
  }
  return ends;
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
