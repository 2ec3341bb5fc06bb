import { describe, expect, it } from 'vitest';
import type { BackendInput, ServiceInput } from '../../common/config/index.js';
import { EMPTY_STATE, type DesiredState } from './desired-state.js';
import { mergeDesired } from './three-way-merge.js';

const A = 'http://10.0.0.1:80';
const B = 'http://10.0.0.2:80';
const C = 'http://10.0.0.3:80';
const WEBHOOK = { url: 'https://scaler.test/', secret: '0123456789abcdef' };
const PROCESS = { command: 'node', ports: '9200-9299' };

function shop(backends: BackendInput[], settings: Partial<ServiceInput> = {}): DesiredState {
  return { ...EMPTY_STATE, services: [{ name: 'shop', ...settings, backends }] };
}

describe('a file on top of what is stored', () => {
  const first = shop([{ url: A, weight: 1 }, { url: B }], { hosts: ['a.test'], timeouts: { connect: '1s' } });

  it.each<{
    story: string;
    base: DesiredState | null;
    mine: DesiredState;
    theirs: DesiredState;
    merged: DesiredState;
  }>([
    {
      story: 'of scaling, each key by itself',
      base: shop([], { scaling: { webhook: WEBHOOK, min: 1, max: 5 } }),
      mine: shop([], { scaling: { webhook: WEBHOOK, min: 1, max: 9 } }),
      theirs: shop([], { scaling: { webhook: WEBHOOK, min: 2, max: 5 } }),
      merged: shop([], { scaling: { webhook: WEBHOOK, min: 2, max: 9 } }),
    },
    {
      story: 'of two drivers that are not one, that of the file',
      base: shop([], { scaling: { webhook: WEBHOOK, max: 5 } }),
      mine: shop([], { scaling: { process: PROCESS, max: 5 } }),
      theirs: shop([], { scaling: { webhook: { ...WEBHOOK, timeout: '1s' }, max: 6 } }),
      merged: shop([], { scaling: { max: 6, webhook: { ...WEBHOOK, timeout: '1s' } } }),
    },
    {
      story: 'scaling that the file no longer has goes, also where it was edited',
      base: shop([], { scaling: { webhook: WEBHOOK } }),
      mine: shop([], { scaling: { webhook: WEBHOOK, max: 9 } }),
      theirs: shop([]),
      merged: shop([]),
    },
    {
      story: 'the first file on an empty store',
      base: null,
      mine: EMPTY_STATE,
      theirs: first,
      merged: first,
    },
    {
      story: 'the first file beside a service from the API',
      base: null,
      mine: { ...EMPTY_STATE, services: [{ name: 'api', backends: [] }] },
      theirs: first,
      merged: { ...EMPTY_STATE, services: [{ name: 'api', backends: [] }, ...first.services] },
    },
    {
      story: 'an unchanged file leaves edits over the API',
      base: first,
      mine: shop([{ url: A, weight: 9 }, { url: C }], { hosts: ['b.test'] }),
      theirs: first,
      merged: shop([{ url: A, weight: 9 }, { url: C }], { hosts: ['b.test'] }),
    },
    {
      story: 'an edit of the file and one over the API, of different keys, both stand',
      base: first,
      mine: shop([{ url: A, weight: 9 }, { url: B }], {
        hosts: ['a.test'],
        timeouts: { connect: '1s', body: '5s' },
      }),
      theirs: shop([{ url: A, weight: 1, backup: true }, { url: B }], {
        hosts: ['a.test'],
        timeouts: { connect: '2s' },
      }),
      merged: shop([{ url: A, weight: 9, backup: true }, { url: B }], {
        hosts: ['a.test'],
        timeouts: { connect: '2s', body: '5s' },
      }),
    },
    {
      story: 'of the same key, the file wins when it changed',
      base: first,
      mine: shop([{ url: A, weight: 9 }, { url: B }], { hosts: ['mine.test'] }),
      theirs: shop([{ url: A, weight: 5 }, { url: B }], { hosts: ['theirs.test', 'a.test'] }),
      merged: shop([{ url: A, weight: 5 }, { url: B }], { hosts: ['theirs.test', 'a.test'] }),
    },
    {
      story: 'a key that the file no longer has goes back to its default',
      base: first,
      mine: shop([{ url: A, weight: 9 }, { url: B }], { hosts: ['a.test'], timeouts: { connect: '1s' } }),
      theirs: shop([{ url: A }, { url: B }], { hosts: ['a.test'] }),
      merged: shop([{ url: A }, { url: B }], { hosts: ['a.test'] }),
    },
    {
      story: 'a backend that was removed over the API stays away while the file says nothing new about it',
      base: first,
      mine: shop([{ url: B }], { hosts: ['a.test'], timeouts: { connect: '1s' } }),
      theirs: shop(
        [
          { url: A, weight: 1 },
          { url: B, weight: 4 },
        ],
        { hosts: ['a.test'], timeouts: { connect: '1s' } },
      ),
      merged: shop([{ url: B, weight: 4 }], { hosts: ['a.test'], timeouts: { connect: '1s' } }),
    },
    {
      story: 'it comes back when the file changes it',
      base: first,
      mine: shop([{ url: B }]),
      theirs: shop([{ url: A, weight: 2 }, { url: B }], { hosts: ['a.test'], timeouts: { connect: '1s' } }),
      merged: shop([{ url: B }, { url: A, weight: 2 }]),
    },
    {
      story: 'a backend that the file no longer has goes, one from the API stays',
      base: first,
      mine: shop([{ url: A, weight: 7 }, { url: B }, { url: C }]),
      theirs: shop([{ url: B }], { hosts: ['a.test'], timeouts: { connect: '1s' } }),
      merged: shop([{ url: B }, { url: C }]),
    },
    {
      story: 'a backend spelled differently is the same one',
      base: shop([{ url: 'http://10.0.0.1', weight: 1 }]),
      mine: shop([{ url: 'http://10.0.0.1', weight: 3 }]),
      theirs: shop([{ url: A, weight: 1 }]),
      merged: shop([{ url: A, weight: 3 }]),
    },
    {
      story: 'a service that the file no longer has goes, also when it was edited',
      base: first,
      mine: shop([{ url: C }], { hosts: ['edited.test'] }),
      theirs: EMPTY_STATE,
      merged: EMPTY_STATE,
    },
    {
      story: 'a service that was deleted over the API stays away',
      base: first,
      mine: EMPTY_STATE,
      theirs: { ...first, trustedProxies: ['10.0.0.0/8'] },
      merged: { ...EMPTY_STATE, trustedProxies: ['10.0.0.0/8'] },
    },
    {
      story: 'the settings of one algorithm are not mixed with those of another',
      base: shop([], { algorithm: { name: 'header-hash', header: 'X-A' } }),
      mine: shop([], { algorithm: { name: 'sticky-round-robin', cookie: 'c' } }),
      theirs: shop([], { algorithm: { name: 'header-hash', header: 'X-B' } }),
      merged: shop([], { algorithm: { name: 'header-hash', header: 'X-B' } }),
    },
    {
      story: 'the order of the file when the file changed it, then what only the store has',
      base: shop([{ url: A }, { url: B }]),
      mine: shop([{ url: C }, { url: A }, { url: B }]),
      theirs: shop([{ url: B }, { url: A }]),
      merged: shop([{ url: B }, { url: A }, { url: C }]),
    },
  ])('$story', ({ base, mine, theirs, merged }) => {
    expect(mergeDesired(base, mine, theirs)).toEqual(merged);
  });

  it('keeps the very objects that do not change', () => {
    const mine = { ...first, services: [...first.services, { name: 'api', backends: [] }] };
    const theirs = { ...first, services: [...first.services, { name: 'new', backends: [] }] };
    const merged = mergeDesired(first, mine, theirs);
    expect(merged.services[0]).toBe(mine.services[0]);
    expect(merged.services[1]).toBe(mine.services[1]);
  });
});

/** Small values from a small range, so that random states meet. */
class RandomStates {
  constructor(private seed: number) {}

  below(limit: number): number {
    this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.seed / 2 ** 32) * limit);
  }

  state(): DesiredState {
    return EDITS.reduce((state) => this.edited(state), EMPTY_STATE);
  }

  edited(state: DesiredState): DesiredState {
    const edit = EDITS[this.below(EDITS.length)] as Edit;
    const name = `s${this.below(3)}`;
    const service = state.services.find((found) => found.name === name) ?? { name, backends: [] };
    const others = state.services.filter((found) => found.name !== name);
    const changed = edit(service, this);
    return { ...state, services: changed === null ? others : [...others, changed] };
  }
}

type Edit = (service: ServiceInput, random: RandomStates) => ServiceInput | null;
const EDITS: readonly Edit[] = [
  (service) => service,
  () => null,
  (service, random) => ({ ...service, hosts: [`h${random.below(3)}.test`] }),
  ({ hosts: _hosts, ...service }) => service,
  (service, random) => ({
    ...service,
    timeouts: { ...service.timeouts, connect: `${random.below(3) + 1}s` },
  }),
  (service, random) => ({ ...service, timeouts: { ...service.timeouts, body: `${random.below(3) + 1}s` } }),
  ...Array.from({ length: 4 }, (): Edit => (service, random) => {
    const url = `http://10.0.0.${random.below(3)}:80`;
    const others = (service.backends ?? []).filter((backend) => backend.url !== url);
    const kind = random.below(4);
    if (kind === 0) return { ...service, backends: others };
    return {
      ...service,
      backends: [...others, { url, weight: random.below(3), ...(kind === 1 ? { backup: true } : {}) }],
    };
  }),
];

/** Leaves by path, such as `s1|http://10.0.0.2:80|weight`; a thing itself is a leaf, too. */
function leaves(state: DesiredState): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { name, hosts, timeouts, backends } of state.services) {
    found.set(name, true);
    found.set(`${name}|-|hosts`, hosts && JSON.stringify(hosts));
    found.set(`${name}|-|connect`, timeouts?.connect);
    found.set(`${name}|-|body`, timeouts?.body);
    for (const backend of backends ?? []) {
      found.set(`${name}|${backend.url}`, true);
      found.set(`${name}|${backend.url}|weight`, backend.weight);
      found.set(`${name}|${backend.url}|backup`, backend.backup);
    }
  }
  return found;
}

/** What the rules say about one leaf, thing by thing: told from the paths, not by walking the states together. */
function expectedLeaf(path: string, base: DesiredState, mine: DesiredState, theirs: DesiredState): unknown {
  const [b, m, t] = [leaves(base), leaves(mine), leaves(theirs)];
  const parts = path.split('|');
  for (let depth = 1; depth <= parts.length; depth++) {
    const thing = parts.slice(0, depth).join('|');
    if (parts[depth - 1] === '-') continue;
    const same = [...new Set([...b.keys(), ...t.keys()])]
      .filter((key) => key === thing || key.startsWith(`${thing}|`))
      .every((key) => b.get(key) === t.get(key));
    if (same) return m.get(path);
    if (t.get(thing) === undefined || m.get(thing) === undefined) return t.get(path);
  }
  return t.get(path);
}

describe('random histories', () => {
  it('obey the rules leaf by leaf, and settle', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new RandomStates(seed);
      let base = random.state();
      let mine = mergeDesired(null, EMPTY_STATE, base);
      expect(leaves(mine)).toEqual(leaves(base));
      for (let step = 0; step < 6; step++) {
        let theirs = base;
        for (let edits = random.below(4); edits > 0; edits--) mine = random.edited(mine);
        for (let edits = random.below(4); edits > 0; edits--) theirs = random.edited(theirs);
        const merged = mergeDesired(base, mine, theirs);
        const found = leaves(merged);
        for (const path of new Set([...leaves(mine).keys(), ...leaves(theirs).keys(), ...found.keys()])) {
          const expected = expectedLeaf(path, base, mine, theirs);
          expect({ seed, step, path, value: found.get(path) }).toEqual({ seed, step, path, value: expected });
        }
        expect(mergeDesired(theirs, merged, theirs)).toEqual(merged);
        expect(leaves(mergeDesired(base, base, theirs))).toEqual(leaves(theirs));
        [base, mine] = [theirs, merged];
      }
    }
  });
});
