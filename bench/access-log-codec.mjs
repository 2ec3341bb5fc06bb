/**
 * What recording one exchange costs: ns per record to encode (worker) and to decode (control plane), bytes per record,
 * and what a structured clone of the same records would cost instead. Run:
 *   npm run bench -- access-log-codec
 */
import { AccessLogEncoder, RecordIdSource, decodeAccessLog } from '../dist/common/contract/index.js';

const ids = new RecordIdSource();
const backends = Array.from({ length: 8 }, (_, index) => `00000000000000a${index}`);
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'curl/8.11.0',
];

function exchange(index) {
  const now = Date.now();
  const id = ids.next(now);
  const backend = backends[index % backends.length];
  return {
    id,
    time: now,
    requestId: id,
    service: 'shop',
    host: 'shop.localhost',
    method: 'GET',
    path: `/api/v1/products/${index}`,
    query: index % 3 ? '' : 'page=2&size=50',
    protocol: 'HTTP/1.1',
    status: 200,
    dropReason: null,
    shadowReason: null,
    fallbackFrom: null,
    client: `10.0.${index % 256}.${index % 200}`,
    backend,
    attempts: [{ backend, outcome: 'ok', status: 200, connectUs: 0, firstByteUs: 812, totalUs: 1034 }],
    bytesIn: 0,
    bytesOut: 5120,
    totalUs: 1100,
    queueUs: 0,
    connectUs: 0,
    firstByteUs: 850,
    affinity: 'none',
    group: null,
    algorithm: 'least-connections',
    userAgent: agents[index % 2],
    referer: index % 2 ? '' : 'https://shop.example/catalogue',
    worker: 1,
    lane: 'http',
    generation: 7,
    headers: null,
    decision: null,
  };
}

function median(run) {
  const rounds = Array.from({ length: 15 }, () => {
    const start = process.hrtime.bigint();
    const records = run();
    return Number(process.hrtime.bigint() - start) / records;
  });
  return rounds.sort((a, b) => a - b)[7].toFixed(0);
}

const records = Array.from({ length: 5_000 }, (_, index) => exchange(index));
const encoder = new AccessLogEncoder(64 * 1024);
const batches = [];

function encodeAll(keep) {
  for (const record of records) {
    if (encoder.append(record)) continue;
    const batch = encoder.take();
    if (keep) batches.push(batch);
    encoder.append(record);
  }
  const batch = encoder.take();
  if (keep) batches.push(batch);
  return records.length;
}

encodeAll(true);
const bytes = batches.reduce((sum, batch) => sum + batch.byteLength, 0);
console.log(`bytes per record: ${(bytes / records.length).toFixed(1)}`);
console.log(`encode, with the copy out: ${median(() => encodeAll(false))} ns per record`);
console.log(
  `decode: ${median(() => batches.reduce((sum, batch) => sum + decodeAccessLog(batch).records.length, 0))} ns per record`,
);
console.log(`structuredClone instead: ${median(() => structuredClone(records).length)} ns per record`);
console.log(
  `JSON.stringify instead: ${median(() => records.reduce((sum, record) => sum + (JSON.stringify(record).length > 0), 0))} ns per record`,
);
