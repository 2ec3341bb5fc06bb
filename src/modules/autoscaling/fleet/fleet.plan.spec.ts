import { expect, it } from 'vitest';
import type { Copy } from './copy.js';
import { CopyMemory } from './copy.js';
import { planFleet } from './fleet.plan.js';

let made = 0;

function copy(
  settings: Partial<Pick<Copy, 'isReady' | 'inFlight' | 'isDraining' | 'isOutdated'>> = {},
): Copy {
  made++;
  const instance = {
    id: `copy-${made}`,
    url: null,
    state: 'running' as const,
    startedAt: made,
    detail: '',
    cpu: null,
  };
  const backend = {
    id: `id-${made}`,
    url: '',
    isOurs: true,
    state: settings.isDraining === true ? ('draining' as const) : ('enabled' as const),
    slot: made,
    isAvailable: true,
    inFlight: 0,
  };
  return {
    owned: { instance, key: '', isOutdated: false, owner: {} as Copy['owned']['owner'] },
    instance,
    backend,
    memory: new CopyMemory(0, false),
    isReady: true,
    inFlight: 0,
    isDraining: false,
    isOutdated: false,
    ...settings,
  };
}

it('ends those that take nothing yet first, then those with the least to finish, then the newest', () => {
  const [old, busy, starting, young] = [
    copy(),
    copy({ inFlight: 4 }),
    copy({ isReady: false }),
    copy(),
  ] as const;
  const gone = (target: number) => planFleet([old, busy, starting, young], target).drain;
  expect(gone(3)).toEqual([starting]);
  expect(gone(2)).toEqual([starting, young]);
  expect(gone(1)).toEqual([starting, young, old]);
  expect(gone(0)).toHaveLength(4);
});

it('takes those that drain back before it starts others', () => {
  const draining = copy({ isDraining: true });
  const outdated = copy({ isDraining: true, isOutdated: true });
  expect(planFleet([copy(), draining, outdated], 3)).toEqual({ start: 1, drain: [], revive: [draining] });
});

it('replaces outdated ones with one more at a time, and only when that one is ready', () => {
  const outdated = Array.from({ length: 3 }, () => copy({ isOutdated: true }));
  expect(planFleet(outdated, 3)).toEqual({ start: 1, drain: [], revive: [] });
  const starting = copy({ isReady: false });
  expect(planFleet([...outdated, starting], 3)).toEqual({ start: 0, drain: [], revive: [] });
  const { drain, start } = planFleet([...outdated, copy()], 3);
  expect(start).toBe(0);
  expect(drain).toEqual([outdated[2]]);
});

it('lets an outdated one that takes nothing go at once, and starts more when more are wanted meanwhile', () => {
  const broken = copy({ isOutdated: true, isReady: false });
  const sound = copy({ isOutdated: true });
  expect(planFleet([broken, sound, copy()], 2).drain).toEqual([broken]);
  expect(planFleet([broken, sound], 5).start).toBe(4);
});

it('takes outdated ones away first when fewer are wanted', () => {
  const fresh = copy({ inFlight: 0 });
  const outdated = [copy({ isOutdated: true, inFlight: 9 }), copy({ isOutdated: true, inFlight: 9 })];
  expect(planFleet([fresh, ...outdated], 1).drain).toEqual(expect.arrayContaining(outdated));
});
