import { describe, expect, it } from 'vitest';
import type { SplitSettings } from '../../src/common/contract/policies/index.js';
import { LANES, startLane } from '../support/lane.fixture.js';
import { OK, Origin } from '../support/origin.js';
import { requestsTo } from '../support/raw-client.js';
import { valuesOf } from '../support/raw-message.js';
import { shapedBy } from '../support/shaping.js';

const request = (fields: readonly string[] = []) => requestsTo('a')('/', fields);

describe.each(LANES)('a split service in lane %s', (kind) => {
  async function split(settings: Partial<SplitSettings> = {}, canary?: Origin) {
    const origins = [await Origin.answering(OK), canary ?? (await Origin.answering(OK))];
    const policies = shapedBy({
      split: {
        groups: [
          { name: 'stable', share: 3, backends: ['backend-0'] },
          { name: 'canary', share: 1, backends: ['backend-1'] },
        ],
        header: 'x-canary',
        cookie: 'group',
        sticky: true,
        ...settings,
      },
    });
    const lane = await startLane(kind, origins, { service: { policies } });
    return { lane, origins };
  }

  it('shares exchanges out exactly, and its record says the group', async () => {
    const { lane, origins } = await split();
    const client = await lane.connect();
    const cookies: string[] = [];
    for (let index = 0; index < 20; index++) {
      cookies.push(...valuesOf(await client.ask(request()), 'set-cookie'));
    }
    client.close();
    expect(origins.map(({ requests }) => requests.length)).toEqual([15, 5]);
    await lane.record(19);
    const groups = lane.records.map(({ group }) => group);
    expect(groups.filter((group) => group === 'canary')).toHaveLength(5);
    expect(cookies).toEqual(groups.map((group) => `group=${group}; Path=/; HttpOnly; SameSite=Lax`));
  });

  it('gives who asks by header or cookie the group, without a cookie', async () => {
    const { lane, origins } = await split();
    const client = await lane.connect();
    for (let index = 0; index < 4; index++) {
      const asked = await client.ask(
        request([index % 2 === 0 ? 'X-Canary: canary' : 'Cookie: group=canary']),
      );
      expect(valuesOf(asked, 'set-cookie')).toEqual([]);
    }
    client.close();
    expect(origins.map(({ requests }) => requests.length)).toEqual([0, 4]);
  });

  it('tries a backend of another group when the group has none left, and records where it went', async () => {
    const { lane, origins } = await split({}, await Origin.refusing());
    const response = await lane.ask(request(['X-Canary: canary']));
    expect(response.status).toBe(200);
    expect(origins[0]!.requests).toHaveLength(1);
    const record = await lane.record();
    expect(record.attempts.map(({ backend }) => backend)).toEqual(['backend-1', 'backend-0']);
    expect(record.group).toBe('stable');
  });
});
