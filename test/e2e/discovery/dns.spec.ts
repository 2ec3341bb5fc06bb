import { expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { DnsServer } from '../../support/dns-server.js';
import { eventually } from '../../support/eventually.js';
import { request, runLoad } from '../../support/load.js';
import { backendsOf, has, portsOf, publish, revisionsOf, sourcesOf, SRV, srvSource } from './discovered.js';

const stage = new Stage();

interface ScalingLogs {
  readonly items: readonly { readonly kind: string; readonly reason: string }[];
}

async function nameServer(): Promise<DnsServer> {
  const dns = await DnsServer.start();
  stage.ends(() => dns.close());
  return dns;
}

function shop(dns: DnsServer, more: object = {}): object {
  return { name: 'shop', discovery: [srvSource(dns)], health: STEADY_HEALTH, ...more };
}

/** Every one of these has answered a request. */
async function serve(balancer: BalancerProcess, ports: readonly number[]): Promise<void> {
  const seen = new Set<number>();
  await eventually(async () => {
    const answer = await request({ port: balancer.trafficPort, host: 'any' });
    if (answer.status === 200) seen.add((JSON.parse(answer.body) as { port: number }).port);
    expect([...seen].sort()).toEqual([...ports].sort());
  });
}

it('follows the DNS under load without a failed request, and says why', async () => {
  const dns = await nameServer();
  const [a, b, c] = await stage.backends(3);
  const all = [a!.port, b!.port, c!.port];
  publish(dns, [all[0]!, all[1]!]);
  const balancer = await stage.balancer(configOf([shop(dns)]));
  await serve(balancer, [all[0]!, all[1]!]);
  const stop = new AbortController();
  const load = runLoad({ port: balancer.trafficPort, host: 'any', connections: 8, stop: stop.signal });
  for (const ports of [[all[1]!, all[2]!], [all[2]!], [all[0]!], [all[0]!, all[1]!, all[2]!]]) {
    publish(dns, ports);
    await has(balancer, ports);
  }
  stop.abort();
  const { sent, statuses, errors } = await load;
  expect({ statuses, errors }).toEqual({ statuses: { 200: sent }, errors: [] });
  expect(sent).toBeGreaterThan(100);
  const ours = (await revisionsOf(balancer)).filter(({ origin }) => origin === 'discovery');
  expect(ours.every(({ author }) => author === `dns:${SRV}`)).toBe(true);
  const notes = ours.map(({ note }) => note).join('\n');
  expect(notes).toContain(`found http://127.0.0.1:${all[2]} of shop (SRV record of ${SRV}, local.internal)`);
  expect(notes).toContain(`lost, drains http://127.0.0.1:${all[0]} of shop`);
  expect(notes).toContain(`removed after draining http://127.0.0.1:${all[0]} of shop`);
  await eventually(async () => {
    const { items } = (await balancer.api<ScalingLogs>('GET', '/api/v1/scaling-logs?service=shop&limit=100'))
      .body;
    const record = (kind: string, port: number) =>
      items.filter((item) => item.kind === kind && item.reason.includes(`:${port} `)).length;
    expect(all.map((port) => [record('found', port), record('lost', port)])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
  });
  expect(await backendsOf(balancer)).toMatchObject(all.map(() => ({ source: `dns:${SRV}` })));
});

it('waits for what runs at a backend before it removes it', async () => {
  const dns = await nameServer();
  const slow = await stage.backend({ duration: 3 });
  const other = await stage.backend();
  publish(dns, [slow.port]);
  const balancer = await stage.balancer(configOf([shop(dns)]));
  await eventually(async () => expect(await backendsOf(balancer)).toMatchObject([{ available: true }]));
  const answer = request({ port: balancer.trafficPort, host: 'any' });
  await eventually(async () => expect(await backendsOf(balancer)).toMatchObject([{ inFlight: 1 }]));
  publish(dns, [other.port]);
  await eventually(async () => {
    const lost = (await backendsOf(balancer)).find(({ url }) => url === slow.url);
    expect(lost).toMatchObject({ state: 'draining', inFlight: 1 });
  });
  await eventually(async () => {
    const { backends } = (await sourcesOf(balancer))[0]!;
    expect(backends).toContainEqual(
      expect.objectContaining({ url: slow.url, status: 'draining', place: '' }),
    );
  });
  expect(await answer).toMatchObject({ status: 200, error: '' });
  await has(balancer, [other.port]);
});

it('keeps what it has while no name server answers, and believes an empty answer only twice', async () => {
  const dns = await nameServer();
  const [a, b] = await stage.backends(2);
  publish(dns, [a!.port]);
  const balancer = await stage.balancer(configOf([shop(dns)]));
  await serve(balancer, [a!.port]);
  dns.set('SRV', SRV, 'servfail');
  await eventually(async () =>
    expect(await sourcesOf(balancer)).toMatchObject([
      { problem: expect.stringContaining('SERVFAIL') as string },
    ]),
  );
  await balancer.logged(({ msg }) => msg === 'discovery: a source has a problem');
  await dns.askedAgain(`SRV ${SRV}`, 3);
  expect(await portsOf(balancer)).toEqual([a!.port]);
  expect((await request({ port: balancer.trafficPort, host: 'any' })).status).toBe(200);
  expect((await balancer.api<string>('GET', '/metrics')).body).toContain(
    `velocity_discovery_source_up{source="dns:${SRV}"} 0`,
  );
  publish(dns, [b!.port]);
  await has(balancer, [b!.port]);
  await balancer.logged(({ msg }) => msg === 'discovery: the source is well again');
  const metrics = (await balancer.api<string>('GET', '/metrics')).body;
  expect(metrics).toContain(`velocity_discovery_backends{source="dns:${SRV}",status="added"} 1`);
  dns.set('SRV', SRV, 'nxdomain');
  await has(balancer, []);
  await eventually(async () =>
    expect(await sourcesOf(balancer)).toMatchObject([{ problem: `${SRV} does not exist`, backends: [] }]),
  );
});

it('leaves a typed-in backend as it is, and brings back what a change of the configuration dropped', async () => {
  const dns = await nameServer();
  const [typed, found] = await stage.backends(2);
  publish(dns, [typed!.port, found!.port]);
  const service = shop(dns, { backends: [{ url: typed!.url, weight: 7 }] });
  const balancer = await stage.balancer(configOf([service]));
  await has(balancer, [typed!.port, found!.port]);
  const conflict = async () =>
    expect(await sourcesOf(balancer)).toMatchObject([
      {
        backends: expect.arrayContaining([
          expect.objectContaining({ url: typed!.url, status: 'conflict' }),
          expect.objectContaining({ url: found!.url, status: 'added', detail: '' }),
        ]) as object[],
      },
    ]);
  await eventually(conflict);
  const present = () => backendsOf(balancer);
  expect(await present()).toContainEqual(
    expect.objectContaining({ url: typed!.url, weight: 7, source: null, state: 'enabled' }),
  );
  expect((await balancer.api('PUT', '/api/v1/services/shop', service)).status).toBe(200);
  await has(balancer, [typed!.port, found!.port]);
  expect((await balancer.api('POST', '/api/v1/revisions/1/rollback')).status).toBe(200);
  await has(balancer, [typed!.port, found!.port]);
  dns.set('SRV', SRV, 'nxdomain');
  await has(balancer, [typed!.port]);
  expect(await present()).toMatchObject([{ weight: 7, source: null }]);
});

it('does not fight with the operator', async () => {
  const dns = await nameServer();
  const [a, b] = await stage.backends(2);
  publish(dns, [a!.port]);
  const balancer = await stage.balancer(configOf([shop(dns)]));
  await has(balancer, [a!.port]);
  const { id } = (await backendsOf(balancer))[0]!;
  const patch = { weight: 9, state: 'disabled' };
  expect((await balancer.api('PATCH', `/api/v1/services/shop/backends/${id}`, patch)).status).toBe(200);
  publish(dns, [a!.port, b!.port]);
  await eventually(async () => expect(await portsOf(balancer)).toEqual([a!.port, b!.port].sort()));
  expect(await backendsOf(balancer)).toContainEqual(expect.objectContaining({ id, ...patch }));
  const { backends } = (await sourcesOf(balancer))[0]!;
  expect(backends).toContainEqual(
    expect.objectContaining({ backend: id, detail: expect.stringContaining('disabled by hand') as string }),
  );
});

it('starts with what it had found, also while no name server answers, and then takes away what vanished', async () => {
  const dns = await nameServer();
  const [a, b] = await stage.backends(2);
  publish(dns, [a!.port, b!.port]);
  const first = await stage.balancer(configOf([shop(dns)]));
  await has(first, [a!.port, b!.port]);
  await first.stop();
  dns.set('SRV', SRV, 'servfail');
  const second = await stage.balancer(configOf([shop(dns)]), { dir: first.dir });
  await dns.askedAgain(`SRV ${SRV}`, 2);
  await serve(second, [a!.port, b!.port]);
  publish(dns, [b!.port]);
  await has(second, [b!.port]);
  expect(await portsOf(second)).toEqual([b!.port]);
});

it('takes away what a source had found that is configured no more', async () => {
  const dns = await nameServer();
  const [found, typed] = await stage.backends(2);
  publish(dns, [found!.port]);
  const first = await stage.balancer(configOf([shop(dns)]));
  await has(first, [found!.port]);
  await first.stop();
  const services = [{ name: 'shop', backends: [typed!.url], health: STEADY_HEALTH }];
  const second = await stage.balancer(configOf(services), { dir: first.dir });
  await has(second, [typed!.port]);
  await eventually(async () => expect(await sourcesOf(second)).toEqual([]));
});

it('brings five hundred backends at once as one revision', async () => {
  const dns = await nameServer();
  const many = Array.from({ length: 500 }, (_, index) => `127.1.${index >> 8}.${index & 255}`);
  const source = { dns: 'many.internal', port: 9, servers: [dns.address], interval: { min: '100ms' } };
  const balancer = await stage.balancer(
    configOf([{ name: 'shop', discovery: [source], health: { type: 'none' } }]),
  );
  dns.addresses('many.internal', many);
  const begun = performance.now();
  await dns.askedAgain('A many.internal');
  const asked = performance.now();
  await eventually(async () => expect(await backendsOf(balancer)).toHaveLength(500));
  const done = performance.now();
  console.info(
    `500 backends: asked after ${Math.round(asked - begun)} ms, shown by the API ${Math.round(done - asked)} ms later`,
  );
  const ours = (await revisionsOf(balancer)).filter(({ origin }) => origin === 'discovery');
  expect(ours).toHaveLength(1);
  expect(ours[0]!.note).toContain('and 495 more');
});
