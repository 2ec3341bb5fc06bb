import type { AccessLogRecord, RecordIdSource } from '../../src/common/contract/index.js';

/** Plain exchanges of a shop: 1,000 paths, 5,000 clients, 8 backends. */
export function exchange(index: number, ids: RecordIdSource, time: number): AccessLogRecord {
  const backend = `00000000000000a${index % 8}`;
  const id = ids.next(time);
  const attempt = {
    backend,
    outcome: 'ok',
    status: 200,
    connectUs: 0,
    firstByteUs: 812,
    totalUs: 1034,
  } as const;
  return {
    id,
    time,
    requestId: id,
    service: 'shop',
    host: 'shop.localhost',
    method: 'GET',
    path: `/api/v1/products/${index % 1_000}`,
    query: index % 3 ? '' : 'page=2&size=50',
    protocol: 'HTTP/1.1',
    status: index % 50 === 0 ? 500 : 200,
    dropReason: null,
    shadowReason: null,
    fallbackFrom: null,
    decision: null,
    headers: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    client: `10.0.${(index * 7) % 250}.${index % 20}`,
    backend,
    attempts: [attempt],
    bytesIn: 0,
    bytesOut: 5120,
    totalUs: 900 + (index % 4_000),
    queueUs: 0,
    connectUs: 0,
    firstByteUs: 850,
    affinity: 'none',
    group: null,
    algorithm: 'least-connections',
    userAgent:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    referer: index % 2 ? '' : 'https://shop.example/catalogue',
    worker: 1,
    lane: 'wire',
    generation: 7,
  };
}
