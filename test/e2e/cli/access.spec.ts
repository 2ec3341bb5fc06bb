import { beforeAll, describe, expect, it } from 'vitest';
import { configOf, Stage, STEADY_HEALTH } from '../../support/balanced.js';
import type { BalancerProcess } from '../../support/balancer-process.js';
import { environmentOf, velocity } from '../../support/cli.process.js';

describe('velocity', () => {
  const stage = new Stage();
  let balancer: BalancerProcess;
  let env: Record<string, string>;

  beforeAll(async () => {
    const backend = await stage.backend();
    balancer = await stage.balancer(
      configOf([{ name: 'shop', backends: [backend.url], health: STEADY_HEALTH }]),
    );
    env = environmentOf(balancer);
  });

  const run = (...args: string[]) => velocity(args, { env });
  const as = (token: string, ...args: string[]) => velocity(args, { env: { ...env, VELOCITY_TOKEN: token } });

  describe('token', () => {
    it('makes one whose secret is all of standard output, and which does what its role may', async () => {
      const made = await run('token', 'create', 'ci', '--role', 'operator', '--expires', '30d');
      expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^vel_[0-9a-f]{12}_[\w-]{43}\n$/) });
      expect(made.err).toMatch(/^Token ci \(operator\), valid until \d{4}-/);
      const token = made.out.trim();
      expect((await as(token, 'token', 'whoami')).out).toMatch(/^ci \(operator, token [0-9a-f]{12}\)\n$/);
      expect((await as(token, 'backends', 'list', 'shop')).code).toBe(0);
      const refused = await as(token, 'token', 'list');
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('velocity token whoami') });
      const list = await run('token', 'list');
      expect(list.out).toMatch(/\nci +operator +[0-9a-f]{12} /);
      expect(list.out).not.toContain(token);

      expect((await run('token', 'create', 'ci', '--role', 'viewer')).code).toBe(1);
      expect((await run('token', 'create', 'two words', '--role', 'viewer')).code).toBe(2);
      expect((await run('token', 'create', 'other')).code).toBe(2);

      expect(await run('token', 'revoke', 'unknown')).toMatchObject({ code: 2 });
      expect((await run('token', 'revoke', 'ci')).out).toContain('is revoked');
      expect((await as(token, 'services')).code).toBe(1);
    });

    it('shows in the audit log who did what, and who was not let', async () => {
      const { out } = await run('token', 'create', 'auditor', '--role', 'viewer');
      expect((await as(out.trim(), 'backends', 'weight', 'shop', ':1', '3')).code).not.toBe(0);
      const refused = await as(out.trim(), 'audit');
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('admin') });
      for (;;) {
        const audit = await run('audit', '--actor', 'auditor', '--outcome', 'refused', '--json');
        expect(audit.code).toBe(0);
        if (audit.out === '') continue;
        expect(JSON.parse(audit.out.split('\n')[0]!)).toMatchObject({ actor: 'auditor', code: 'FORBIDDEN' });
        break;
      }
      expect((await run('audit')).out).toMatch(/^TIME +ACTOR +ADDRESS +OUTCOME/);
    });
  });

  it('balancers shows who shares the registry', async () => {
    const { code, out } = await run('balancers');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`\\n\\S+ \\* +${balancer.child.pid} `));
    const { items } = JSON.parse((await run('balancers', '--json')).out) as { items: object[] };
    expect(items).toMatchObject([{ self: true, admin: balancer.adminUrl }]);
  });
});
