import { mkdtemp, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  type AddressEntry,
  type Ban,
  BlockFlag,
  type BlockImage,
  type BlockImageKind,
  type GlobalPolicies,
} from '../../../common/contract/index.js';
import { NO_GLOBALS, NO_POLICIES } from '../../../common/contract/policies/index.js';
import { Blocklists } from '../../proxy/index.js';
import { BlocklistPublisher, type ListedState } from './blocklist.publisher.js';

const QUICK = { settle: 5, confirm: 20, poll: 50 };

/** What the data plane would have, and what was logged. */
function setUp() {
  const blocklists = new Blocklists();
  const received: BlockImageKind[] = [];
  const waiters = new Set<() => void>();
  const logged: { level: string; fields: object; message: string }[] = [];
  const note = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields, message });
    for (const wake of waiters) wake();
  };
  const publisher = new BlocklistPublisher(
    { info: note('info'), warn: note('warn'), error: note('error') },
    QUICK,
  );
  onTestFinished(() => publisher.close());
  publisher.connect({
    receiveBlocklist: (kind: BlockImageKind, image: BlockImage | null) => {
      received.push(kind);
      blocklists.swap(kind, image);
      for (const wake of waiters) wake();
    },
  });
  received.length = 0;
  /** Resolves when it is so, looking at each thing that happens. */
  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise<void>((resolve) => waiters.add(resolve));
    }
  };
  return { publisher, blocklists, received, logged, until };
}

async function folder(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'velocity-feeds-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function entry(cidr: string, settings: Partial<AddressEntry> = {}): AddressEntry {
  return { cidr, note: '', expiresAt: 0, shadow: false, ...settings };
}

function state(globals: Partial<GlobalPolicies>, services: ListedState['services'] = []): ListedState {
  return { globals: { ...NO_GLOBALS, ...globals }, services };
}

function ban(cidr: string, settings: Partial<Ban> = {}): Ban {
  return { id: cidr, cidr, expiresAt: 0, shadow: false, ...settings };
}

it('publishes lists and bans apart, each only when it changes, and before it returns', () => {
  const { publisher, blocklists, received } = setUp();
  expect(blocklists.isActive).toBe(false);
  publisher.useLists(state({ blocklist: [entry('192.0.2.0/24')] }));
  expect([blocklists.closes('192.0.2.1'), blocklists.closes('198.51.100.1')]).toEqual([true, false]);
  publisher.useLists(state({ blocklist: [entry('192.0.2.0/24')], rateLimits: [] }));
  expect(received).toEqual(['lists']);
  publisher.useBans([ban('198.51.100.0/24'), ban('203.0.113.1', { shadow: true })]);
  expect([blocklists.closes('198.51.100.1'), blocklists.closes('203.0.113.1')]).toEqual([true, false]);
  expect(received).toEqual(['lists', 'bans']);
  publisher.useBans([]);
  publisher.useLists(state({}));
  expect(blocklists.isActive).toBe(false);
});

it('tells a receiver that comes later what is blocked', () => {
  const { publisher } = setUp();
  publisher.useLists(state({ blocklist: [entry('192.0.2.0/24')] }));
  const late = new Blocklists();
  publisher.connect({ receiveBlocklist: (kind, image) => late.swap(kind, image) });
  expect(late.closes('192.0.2.1')).toBe(true);
});

it('leaves out a ban that names no network, and says so', () => {
  const { publisher, blocklists, logged } = setUp();
  publisher.useBans([ban('nonsense'), ban('192.0.2.1')]);
  expect(blocklists.closes('192.0.2.1')).toBe(true);
  expect(logged).toMatchObject([{ level: 'error', fields: { ban: 'nonsense' } }]);
});

it('takes the newest of many bans, though 100,000 take longer than a moment', async () => {
  const { publisher, blocklists } = setUp();
  const many = Array.from({ length: 100_000 }, (_, index) =>
    ban(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`),
  );
  publisher.useBans(many);
  publisher.useBans([ban('192.0.2.9')]);
  publisher.useBans([...many, ban('192.0.2.1')]);
  await publisher.settled();
  expect([
    blocklists.closes('10.0.0.77'),
    blocklists.closes('192.0.2.1'),
    blocklists.closes('192.0.2.9'),
  ]).toEqual([true, true, false]);
  expect(publisher.status().bans).toBe(100_001);
});

it('spares whom a service lets through, at accept only', () => {
  const { publisher, blocklists } = setUp();
  const block = { blocklist: [], allowlist: [entry('192.0.2.7')] };
  const services = [{ name: 'shop', policies: { ...NO_POLICIES, block } }];
  publisher.useLists(state({ blocklist: [entry('192.0.2.0/24')] }, services));
  expect([blocklists.closes('192.0.2.7'), blocklists.closes('192.0.2.8')]).toEqual([false, true]);
  expect(publisher.matches('192.0.2.7')).toEqual([
    { list: 'services.shop.allowlist', note: '', cidr: '192.0.2.7', expiresAt: 0, effect: 'spared' },
    { list: 'blocklist', note: '', cidr: '192.0.2.0/24', expiresAt: 0, effect: 'blocked' },
  ]);
});

it('says which networks of which lists an address lies in', async () => {
  const file = path.join(await folder(), 'feed.txt');
  await writeFile(file, '192.0.2.0/25\n');
  const { publisher } = setUp();
  publisher.useLists(
    state({
      blocklist: [
        entry('192.0.2.0/24', { note: 'scanners', expiresAt: 7 }),
        entry('192.0.0.0/16', { shadow: true }),
      ],
      allowlist: [entry('192.0.2.1', { note: 'ours' })],
      blocklistFiles: [file],
    }),
  );
  await publisher.settled();
  expect(publisher.matches('192.0.2.1')).toEqual([
    { list: 'allowlist', note: 'ours', cidr: '192.0.2.1', expiresAt: 0, effect: 'allowed' },
    { list: file, note: '', cidr: '192.0.2.0/25', expiresAt: 0, effect: 'blocked' },
    { list: 'blocklist', note: 'scanners', cidr: '192.0.2.0/24', expiresAt: 7, effect: 'blocked' },
    { list: 'blocklist', note: '', cidr: '192.0.0.0/16', expiresAt: 0, effect: 'shadow' },
  ]);
  expect(publisher.matches('192.0.2.0/24').map(({ cidr }) => cidr)).toEqual(['192.0.2.0/24', '192.0.0.0/16']);
  expect(publisher.matches('no address')).toEqual([]);
});

it('makes the images of another state beside those that serve', async () => {
  const { publisher, received } = setUp();
  publisher.useLists(state({ blocklist: [entry('192.0.2.0/24')] }));
  publisher.useBans([ban('203.0.113.1')]);
  const other = new Blocklists(await publisher.imagesFor(state({ blocklist: [entry('198.51.100.0/24')] })));
  expect(['192.0.2.1', '198.51.100.1', '203.0.113.1'].map((one) => other.closes(one))).toEqual([
    false,
    true,
    true,
  ]);
  expect(received).toEqual(['lists', 'bans']);
});

it('reads a file anew when it changes: in place, replaced, or away and back', async () => {
  const file = path.join(await folder(), 'feed.txt');
  await writeFile(file, '192.0.2.1\n');
  const { publisher, blocklists, logged, until } = setUp();
  publisher.useLists(state({ blocklistFiles: [file] }));
  await publisher.settled();
  expect(blocklists.closes('192.0.2.1')).toBe(true);
  await writeFile(file, '192.0.2.2\n');
  await until(() => blocklists.closes('192.0.2.2'));
  expect(blocklists.closes('192.0.2.1')).toBe(false);
  await writeFile(`${file}.new`, '192.0.2.3\n');
  await rename(`${file}.new`, file);
  await until(() => blocklists.closes('192.0.2.3'));
  await unlink(file);
  await until(() => logged.some(({ message }) => message.startsWith('block list refused')));
  expect(blocklists.closes('192.0.2.3')).toBe(true);
  expect(publisher.status().files).toMatchObject([
    { path: file, entries: 1, problem: `${file}: does not exist: check the path, or write the file` },
  ]);
  await writeFile(file, '192.0.2.4\n');
  await until(() => blocklists.closes('192.0.2.4'));
  expect(publisher.status().files).toMatchObject([{ entries: 1, problem: '' }]);
  await truncate(file);
  await until(() => !blocklists.isActive);
});

it('refuses a file with a broken line, naming it, and keeps what the file held before', async () => {
  const file = path.join(await folder(), 'feed.txt');
  await writeFile(file, '192.0.2.1\n192.0.2.2\n');
  const { publisher, blocklists, logged, until } = setUp();
  publisher.useLists(state({ blocklistFiles: [file], blocklist: [entry('198.51.100.1')] }));
  await publisher.settled();
  await writeFile(file, '192.0.2.3\n192.0.2.4/24\nnonsense\n');
  await until(() => logged.some(({ level }) => level === 'error'));
  expect(logged.at(-1)).toMatchObject({
    level: 'error',
    message: 'block list refused, what it held before stays',
    fields: {
      file,
      reason: `${file}:2: "192.0.2.4/24" has bits set behind its prefix: write 192.0.2.0/24 for the network, or 192.0.2.4 for the address alone (and 1 more such lines)`,
    },
  });
  expect(['192.0.2.2', '192.0.2.3', '198.51.100.1'].map((one) => blocklists.closes(one))).toEqual([
    true,
    false,
    true,
  ]);
  expect(publisher.status()).toMatchObject({ entries: 3, files: [{ entries: 2 }] });
});

it('serves without a file that was never there, and names it', async () => {
  const file = path.join(await folder(), 'missing.txt');
  const { publisher, blocklists, logged, until } = setUp();
  publisher.useLists(state({ blocklistFiles: [file], blocklist: [entry('198.51.100.1')] }));
  await publisher.settled();
  expect(logged).toMatchObject([{ level: 'error', message: 'block list refused, nothing of it is blocked' }]);
  expect(blocklists.closes('198.51.100.1')).toBe(true);
  await writeFile(file, '192.0.2.1\n');
  await until(() => blocklists.closes('192.0.2.1'));
});

it('forgets a file that the configuration names no more, and keeps the others', async () => {
  const directory = await folder();
  const [one, other] = [path.join(directory, 'one.txt'), path.join(directory, 'other.txt')];
  await writeFile(one, '192.0.2.1\n');
  await writeFile(other, '192.0.2.2\n');
  const { publisher, blocklists } = setUp();
  publisher.useLists(state({ blocklistFiles: [one, other] }));
  await publisher.settled();
  publisher.useLists(state({ blocklistFiles: [other] }));
  await publisher.settled();
  expect(['192.0.2.1', '192.0.2.2'].map((address) => blocklists.closes(address))).toEqual([false, true]);
  expect(publisher.status().files).toHaveLength(1);
});

it('gives each effect a flag of its own', () => {
  const flags = Object.values(BlockFlag);
  expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(2 ** flags.length - 1);
});
