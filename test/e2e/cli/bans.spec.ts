import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { environmentOf, velocity } from '../../support/cli.process.js';

describe('velocity', () => {
  const stage = new Stage();
  let balancer: BalancerProcess;

  beforeAll(async () => {
    const backend = await stage.backend();
    const services = [{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }];
    balancer = await stage.balancer(configOf(services));
  });

  const run = (args: readonly string[], input?: string) =>
    velocity(args, { env: environmentOf(balancer), input });

  it('ban keeps networks out, says until when, and bans shows them', async () => {
    const made = await run(['ban', '203.0.113.7', '2001:DB8::/64', '--for', '1h', '--note', 'scans']);
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/^Banned 203\.0\.113\.7 until \d{4}-.*\.\nBanned 2001:db8::\/64 until .*\.\n$/);
    expect((await run(['ban', '198.51.100.0/24', '--shadow'])).out).toBe(
      'Banned 198.51.100.0/24 until it is lifted, in shadow: nobody is kept out.\n',
    );
    const list = await run(['bans']);
    expect(list.out).toMatch(/^NETWORK +SINCE +UNTIL +MODE/);
    expect(list.out).toMatch(/\n198\.51\.100\.0\/24 .* lifted +shadow +admin token/);
    const { items } = JSON.parse((await run(['bans', 'list', '--cidr', '203.0.113.0/24', '--json'])).out);
    expect(items).toMatchObject([{ cidr: '203.0.113.7', note: 'scans', origin: 'api' }]);
  });

  it('bans check tells what happens to an address', async () => {
    expect(await run(['bans', 'check', '203.0.113.7'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^203\.0\.113\.7 is kept out: the ban of 203\.0\.113\.7 by .*: scans\.\n$/),
    });
    expect((await run(['bans', 'check', '198.51.100.1'])).out).toContain('though it would be kept out');
    expect(await run(['bans', 'check', '192.0.2.1'])).toMatchObject({ code: 0 });
    expect(await run(['bans', 'check', 'nobody'])).toMatchObject({ code: 2 });
  });

  it('ban takes a list, of more than goes into one request', async () => {
    const lines = Array.from({ length: 1_500 }, (_, index) => `10.9.${index >> 8}.${index & 255} # ${index}`);
    const made = await run(['ban', '--file', '-', '--for', '1m'], `# scanners\n\n${lines.join('\n')}\n`);
    expect(made).toMatchObject({ code: 0, out: 'Banned 1,500 networks.\n' });
    const { items } = JSON.parse((await run(['bans', '--cidr', '10.9.0.0/16', '--json'])).out);
    expect(items).toHaveLength(1_500);
  });

  it('unban lifts them', async () => {
    expect(await run(['unban', '203.0.113.7', '2001:db8:0::/64'])).toMatchObject({
      code: 0,
      out: '203.0.113.7 is banned no more.\n2001:db8:0::/64 is banned no more.\n',
    });
    const again = await run(['unban', '203.0.113.7']);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('`velocity bans` lists them') });
  });

  it.each([
    [['ban'], 2, 'Name addresses or networks to ban'],
    [['ban', '10.0.0.1/8'], 2, 'write 10.0.0.0/8'],
    [['ban', '10.0.0.1', '--for', 'off'], 1, 'Write a number and a unit'],
    [['ban', '--file', 'no-such-file'], 2, 'no-such-file cannot be read: ENOENT'],
    [['ban', '127.0.0.1'], 1, '--force bans it all the same'],
    [['ban', '0.0.0.0/0'], 1, '0.0.0.0/0 is everybody'],
  ])('%j is refused', async (args, code, message) => {
    const refused = await run(args);
    expect(refused.err).toContain(message);
    expect(refused.code === 0 ? 0 : code).toBe(code);
  });
});
