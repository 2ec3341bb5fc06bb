import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { environmentOf, velocity } from '../../support/cli.process.js';
import { eventually } from '../../support/eventually.js';
import { backendsOf, has, revisionsOf, sourcesOf } from './discovered.js';

const stage = new Stage();

async function started(): Promise<BalancerProcess> {
  const service = { name: 'shop', discovery: [{ file: 'shop.yml' }], health: STEADY_HEALTH };
  return stage.balancer(configOf([service]));
}

/** As editors and tools save: into another file, which then takes the name. */
async function save(balancer: BalancerProcess, text: string): Promise<void> {
  const draft = path.join(balancer.dir, '.shop.yml.swp');
  await writeFile(draft, text);
  await rename(draft, path.join(balancer.dir, 'shop.yml'));
}

const cli = (balancer: BalancerProcess, ...args: string[]) =>
  velocity(args, { env: environmentOf(balancer) });

const problemIs = (balancer: BalancerProcess, text: string) =>
  eventually(async () =>
    expect(await sourcesOf(balancer)).toMatchObject([{ problem: expect.stringContaining(text) as string }]),
  );

it('takes what is saved in the file, and tells by command what it found', async () => {
  const [a, b] = await stage.backends(2);
  const balancer = await started();
  await problemIs(balancer, 'shop.yml: does not exist');
  await save(balancer, `- ${a!.url}\n- { url: ${b!.url}, weight: 3 }\n`);
  await has(balancer, [a!.port, b!.port]);
  await save(balancer, JSON.stringify([a!.url, { url: b!.url, weight: 5, backup: true }]));
  await eventually(async () =>
    expect(await backendsOf(balancer)).toContainEqual(
      expect.objectContaining({ url: b!.url, weight: 5, backup: true, source: 'file:shop.yml' }),
    ),
  );
  const [newest] = await revisionsOf(balancer);
  expect(newest).toMatchObject({ origin: 'discovery', author: 'file:shop.yml' });
  expect(newest!.note).toBe(`changed at its source ${b!.url} of shop (shop.yml, entry 2)`);
  const { out } = await cli(balancer, 'discovery');
  expect(out).toContain('file:shop.yml');
  expect(out).toContain(b!.url);
  const shown = await cli(balancer, 'discovery', 'other', '--json');
  expect(JSON.parse(shown.out)).toMatchObject({ sources: [{ name: 'file:shop.yml', backends: [] }] });
  expect((await cli(balancer, 'backends', 'list', 'shop')).out).toContain('file:shop.yml');
  await save(balancer, '[]');
  await has(balancer, []);
});

it('keeps what a broken file held, whatever is wrong with it, and takes it when it is right again', async () => {
  const [a, b] = await stage.backends(2);
  const balancer = await started();
  await save(balancer, `- ${a!.url}\n`);
  await has(balancer, [a!.port]);
  const before = (await revisionsOf(balancer)).length;
  await save(balancer, `- ${a!.url}\n- url: ${b!.url}\n  wieght: 3\n`);
  await problemIs(balancer, 'shop.yml:3:3: [1].wieght: ');
  await save(balancer, `- ${a!.url}\n- [`);
  await problemIs(balancer, 'shop.yml:2:');
  await rm(path.join(balancer.dir, 'shop.yml'));
  await problemIs(balancer, 'does not exist');
  await has(balancer, [a!.port]);
  expect(await revisionsOf(balancer)).toHaveLength(before);
  await save(balancer, `- ${b!.url}\n`);
  await has(balancer, [b!.port]);
  expect(await sourcesOf(balancer)).toMatchObject([{ problem: '' }]);
});

it('holds no good finding up for one that the rest of the configuration refuses', async () => {
  const [a, b] = await stage.backends(2);
  const services = [
    {
      name: 'shop',
      discovery: [{ file: 'shop.yml' }],
      backends: [{ url: 'http://127.0.0.1:9', group: 'stable' }],
      split: { groups: { stable: 90, canary: 10 } },
      health: { type: 'none' },
    },
  ];
  const config = configOf(services);
  const probe = await stage.balancer(config);
  await save(probe, `- { url: ${a!.url}, group: canary }\n- { url: ${b!.url}, group: nowhere }\n`);
  await eventually(async () => {
    const [source] = await sourcesOf(probe);
    expect(source!.backends).toMatchObject(
      [a!, b!]
        .map(({ url }) => ({ url, status: url === a!.url ? 'added' : 'refused' }))
        .sort((x, y) => (x.url < y.url ? -1 : 1)),
    );
    expect(source!.backends.find(({ status }) => status === 'refused')!.detail).toContain('nowhere');
  });
  expect(await backendsOf(probe)).toHaveLength(2);
});
