import { expect, it } from 'vitest';
import { RandomRecords } from '../../../test/support/random-records.js';
import { decodeAccessLog } from './access-log.decoder.js';
import { AccessLogEncoder } from './access-log.encoder.js';
import type { AccessLogRecord } from './access-log.js';
import { type EncodedRecord, encodeRecords, readEncodedRecords } from './encoded.record.js';

const random = new RandomRecords(77);
const records = Array.from({ length: 500 }, () => random.record());

function expectSame(encoded: EncodedRecord, record: AccessLogRecord) {
  expect(encoded.decode()).toEqual(record);
  expect(encoded.id.toString('hex')).toBe(record.id);
  const { time, service, backend, status, dropReason, method, path, client } = record;
  expect(encoded).toMatchObject({ time, service, backend, status, dropReason, method, path, client });
  const { bytesIn, bytesOut, totalUs, attempts, requestId, id } = record;
  expect(encoded).toMatchObject({ bytesIn, bytesOut, totalUs });
  expect(encoded.attempts.length).toBe(attempts.length);
  expect(encoded.requestId ?? id).toBe(requestId);
}

it('reads of each record what decoding it finds', () => {
  const encoded = encodeRecords(records);
  expect(encoded).toHaveLength(records.length);
  for (const [index, record] of records.entries()) expectSame(encoded[index]!, record);
});

it('tells counted ones apart, and finds what is torn or foreign as the decoder does', () => {
  const encoder = new AccessLogEncoder(1024 * 1024);
  for (const [index, record] of records.slice(0, 50).entries()) encoder.append(record, index % 3 > 0);
  const batch = encoder.take();
  for (const end of [0, 2, 3, 6, 100, batch.byteLength - 1, batch.byteLength]) {
    const part = batch.slice(0, end);
    const [read, decoded] = [readEncodedRecords(part), decodeAccessLog(part)];
    expect(read.records.map((record) => record.decode())).toEqual(decoded.records);
    expect(read.counted.map((record) => record.decode())).toEqual(decoded.counted);
    expect(read.error?.message).toBe(decoded.error?.message);
  }
});

it('never throws for damaged bytes', () => {
  const encoder = new AccessLogEncoder(1024 * 1024);
  for (const record of records.slice(0, 20)) encoder.append(record);
  const batch = encoder.take();
  for (let round = 0; round < 500; round++) {
    const damaged = new Uint8Array(batch.slice(0));
    for (let flips = 0; flips < 3; flips++)
      damaged[3 + random.integer(damaged.length - 3)] = random.integer(256);
    expect(() => readEncodedRecords(damaged.buffer)).not.toThrow();
  }
});
