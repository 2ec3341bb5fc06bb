import { afterAll, describe, expect, it } from 'vitest';
import { configOf, Stage } from '../support/balanced.js';
import { eventually } from '../support/eventually.js';
import { Origin } from '../support/origin.js';
import { OtlpReceiver } from '../support/otlp.receiver.js';
import { valueOf } from '../support/raw-message.js';
import { recorded } from '../support/recorded.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe.each(['wire', 'http'])('spans of the %s lane', (lane) => {
  const stage = new Stage();
  const receivers: OtlpReceiver[] = [];
  afterAll(() => Promise.all(receivers.map((receiver) => receiver.stop())));

  async function start(settings: object = {}) {
    const receiver = await OtlpReceiver.start();
    receivers.push(receiver);
    const origin = await Origin.answering(ANSWER);
    const url = `http://127.0.0.1:${origin.port}`;
    const shop = { name: 'shop', backends: [url], health: { type: 'none' } };
    const balancer = await stage.balancer(
      configOf([shop], {
        listeners: [{ host: '127.0.0.1', port: 0, lane }],
        tracing: { sample: '100%', otlp: { url: receiver.url, headers: { 'X-Token': 't' }, timeout: '1s' } },
        ...settings,
      }),
    );
    const ask = (fields: Record<string, string>) =>
      fetch(`http://127.0.0.1:${balancer.trafficPort}/cart?a=1`, { headers: fields });
    return { receiver, origin, url, balancer, ask };
  }

  it('make the tree that client and backend know, in a real collector', async () => {
    const { receiver, origin, url, balancer, ask } = await start();
    await ask({ traceparent: `00-${TRACE}-${SPAN}-01` }).then((answer) => answer.text());
    await eventually(async () => expect(receiver.spans.length).toBeGreaterThanOrEqual(2));
    const server = receiver.spans.find(({ kind }) => kind === 2)!;
    const client = receiver.spans.find(({ kind }) => kind === 3)!;
    expect([server.traceId, client.traceId]).toEqual([TRACE, TRACE]);
    expect([server.parentSpanId, client.parentSpanId]).toEqual([SPAN, server.spanId]);
    const told = valueOf(origin.requests.at(-1)!, 'traceparent');
    expect(told).toBe(`00-${TRACE}-${client.spanId}-01`);
    expect(server.attributes).toMatchObject({
      'http.request.method': 'GET',
      'url.path': '/cart',
      'http.response.status_code': '200',
      'velocity.service': 'shop',
    });
    expect(client.attributes).toMatchObject({ 'url.full': `${url}/cart`, 'velocity.outcome': 'ok' });
    expect(BigInt(client.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(server.startTimeUnixNano));
    expect(BigInt(client.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(server.endTimeUnixNano));
    expect(receiver.resources[0]).toMatchObject({ 'service.name': 'velocity' });
    expect(receiver.headers['x-token']).toBe('t');
    // The access log has the same ids.
    const [record] = await recorded(balancer, 1);
    expect(record).toMatchObject({ traceId: TRACE, spanId: server.spanId, parentSpanId: SPAN });
  });

  it('are whole where the access log leaves the exchange out', async () => {
    const { receiver, ask } = await start({ accessLog: { sample: '0%' } });
    await ask({ traceparent: `00-${TRACE}-${SPAN}-01`, 'user-agent': 'probe' }).then((answer) =>
      answer.text(),
    );
    await eventually(async () => expect(receiver.spans.length).toBeGreaterThanOrEqual(2));
    const server = receiver.spans.find(({ kind }) => kind === 2)!;
    expect(server).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
    expect(server.attributes).toMatchObject({
      'server.address': '127.0.0.1',
      'url.query': 'a=1',
      'user_agent.original': 'probe',
    });
  });

  it('are counted when the collector refuses them, and traffic goes on', async () => {
    const { receiver, balancer, ask } = await start();
    receiver.status = 400;
    const [before] = await Promise.all([ask({}), ask({})]);
    expect(before.status).toBeGreaterThan(0);
    await eventually(async () => {
      const { body } = await balancer.api<string>('GET', '/metrics');
      const value = (name: string) =>
        Number(new RegExp(`^velocity_spans_${name} (.*)$`, 'm').exec(body)?.[1]);
      expect(value('lost_total')).toBe(value('made_total'));
      expect(value('made_total')).toBeGreaterThan(0);
      expect([value('exported_total'), value('queued')]).toEqual([0, 0]);
    });
    expect(receiver.spans).toEqual([]);
  });
});
