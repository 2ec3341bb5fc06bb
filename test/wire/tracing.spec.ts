import { describe, expect, it } from 'vitest';
import { attemptSpanId, type TracingSettings } from '../../src/common/contract/index.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { valueOf } from '../support/raw-message.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SAMPLED = `00-${TRACE}-${SPAN}-01`;
const UNSAMPLED = `00-${TRACE}-${SPAN}-00`;
const RECORDS: TracingSettings = { sampleShare: 1, trust: 'all', records: true };
const PARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])$/;

function get(fields: Record<string, string> = {}): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /x HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`;
}

describe.each(LANES)('traces in lane %s', (kind) => {
  /** Asks once; what the backend was told, and the record. */
  async function told(fields: Record<string, string>, tracing?: TracingSettings) {
    const origin = await Origin.answering(OK);
    const lane = await startLane(kind, [origin], tracing === undefined ? {} : { tracing });
    expect((await lane.ask(get(fields))).status).toBe(200);
    const [request] = origin.requests;
    const record = await lane.record();
    return {
      parent: valueOf(request!, 'traceparent'),
      state: valueOf(request!, 'tracestate'),
      record,
    };
  }

  it('are passed on as they are without a configuration, and on record', async () => {
    const { parent, state, record } = await told({ TraceParent: SAMPLED, tracestate: 'a=1,b=2' });
    expect([parent, state]).toEqual([SAMPLED, 'a=1,b=2']);
    expect(record).toMatchObject({ traceId: TRACE, spanId: null, parentSpanId: null });
    const none = await told({ traceparent: 'nonsense' });
    expect([none.parent, none.record.traceId]).toEqual(['nonsense', null]);
  });

  it('are continued with the span of the attempt, of which the tree can be made again', async () => {
    const { parent, state, record } = await told({ traceparent: SAMPLED, tracestate: 'a=1' }, RECORDS);
    const { traceId, spanId, parentSpanId } = record;
    expect([traceId, parentSpanId, state]).toEqual([TRACE, SPAN, 'a=1']);
    expect(spanId).not.toBe(SPAN);
    expect(parent).toBe(`00-${TRACE}-${attemptSpanId(spanId!, record.attempts[0]!.backend, 0)}-01`);
  });

  it('that are not sampled, or have no spans of ours, go on untouched', async () => {
    const unsampled = await told({ traceparent: UNSAMPLED, tracestate: 'a=1' }, RECORDS);
    expect([unsampled.parent, unsampled.state]).toEqual([UNSAMPLED, 'a=1']);
    expect(unsampled.record).toMatchObject({ traceId: TRACE, spanId: null });
    const without = await told({ traceparent: SAMPLED }, { ...RECORDS, records: false });
    expect([without.parent, without.record.spanId]).toEqual([SAMPLED, null]);
  });

  it('are begun where there is none, or none that is valid or believed; what belongs to another one goes', async () => {
    const begun = await told({}, { ...RECORDS, sampleShare: 0 });
    const [, id, , flags] = PARENT.exec(begun.parent ?? '') ?? [];
    expect([id, flags]).toEqual([begun.record.traceId, '00']);
    expect(begun.record.spanId).toBeNull();
    const invalid = await told({ traceparent: 'nonsense', tracestate: 'a=1' }, RECORDS);
    expect([PARENT.exec(invalid.parent ?? '')?.[3], invalid.state]).toEqual(['01', undefined]);
    const doubted = await told({ traceparent: SAMPLED, tracestate: 'a=1' }, { ...RECORDS, trust: 'proxies' });
    expect(PARENT.exec(doubted.parent ?? '')?.[1]).toBe(doubted.record.traceId);
    expect([doubted.record.traceId === TRACE, doubted.record.parentSpanId, doubted.state]).toEqual([
      false,
      null,
      undefined,
    ]);
  });

  it('have a span of its own for each attempt', async () => {
    const failing = await Origin.answering('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    const lane = await startLane(kind, [failing], {
      tracing: RECORDS,
      retries: { attempts: 2, statuses: [503] },
    });
    expect((await lane.ask(get({ traceparent: SAMPLED }))).status).toBe(503);
    const { spanId, attempts } = await lane.record();
    expect(attempts.length).toBe(3);
    const expected = attempts.map(
      ({ backend }, nth) => `00-${TRACE}-${attemptSpanId(spanId!, backend, nth)}-01`,
    );
    expect(failing.requests.map((request) => valueOf(request, 'traceparent'))).toEqual(expected);
  });
});
