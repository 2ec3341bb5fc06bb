import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminApplication, type ApiAnswer } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());

const TAG = /^"[0-9a-f]{16}"$/;
const WRITERS = 100;
const tagOf = (answer: ApiAnswer) => answer.headers.get('etag') ?? '';
const revisionOf = (answer: ApiAnswer) => Number(answer.headers.get('velocity-revision'));
const ifMatch = (...tags: string[]) => ({ 'if-match': tags.join(', ') });

/** A service of its own, and the path of its only backend. */
async function service(name: string): Promise<{ path: string; backend: string; created: ApiAnswer }> {
  const body = { name, hosts: [`${name}.test`], backends: [{ url: 'http://10.0.0.1:80' }] };
  const created = await admin.call('POST', '/api/v1/services', { body });
  const { backends } = created.body as { backends: readonly { id: string }[] };
  const path = `/api/v1/services/${name}`;
  return { path, backend: `${path}/backends/${backends[0]?.id ?? ''}`, created };
}

async function newestRevision(): Promise<{ number: number; note: string; author: string }> {
  const page = await admin.call('GET', '/api/v1/revisions?limit=1');
  return (page.body as { items: { number: number; note: string; author: string }[] }).items[0]!;
}

describe('entity tags', () => {
  it('of a service and a backend change exactly with what is desired of them', async () => {
    const { path, backend, created } = await service('tagged');
    const seen = tagOf(created);
    expect(seen).toMatch(TAG);
    expect(tagOf(await admin.call('GET', path))).toBe(seen);
    const ofBackend = tagOf(await admin.call('GET', backend));
    expect(ofBackend).toMatch(TAG);
    await service('another');
    expect(tagOf(await admin.call('GET', path))).toBe(seen);
    const patched = await admin.call('PATCH', backend, { body: { weight: 5 } });
    expect(tagOf(patched)).toMatch(TAG);
    expect(tagOf(patched)).not.toBe(ofBackend);
    expect(tagOf(await admin.call('GET', backend))).toBe(tagOf(patched));
    expect(tagOf(await admin.call('GET', path))).not.toBe(seen);
    const body = { hosts: ['tagged.test'], backends: ['http://10.0.0.1:80'] };
    expect(tagOf(await admin.call('PUT', path, { body }))).toBe(seen);
  });

  it('of lists are the revision, which every answer about desired state names', async () => {
    const { path, backend, created } = await service('listed');
    const revision = revisionOf(created);
    expect(revision).toBeGreaterThan(0);
    for (const list of ['/api/v1/services', `${path}/backends`, '/api/v1/config', '/api/v1/revisions']) {
      const answer = await admin.call('GET', list);
      expect([list, tagOf(answer), revisionOf(answer)]).toEqual([list, `"${revision}"`, revision]);
    }
    const yaml = await admin.call('GET', '/api/v1/config', { headers: { accept: 'application/yaml' } });
    expect([tagOf(yaml), revisionOf(yaml)]).toEqual([`"${revision}"`, revision]);
    for (const one of [path, backend]) expect(revisionOf(await admin.call('GET', one))).toBe(revision);
    const gone = await admin.call('DELETE', backend);
    expect([gone.status, tagOf(gone), revisionOf(gone)]).toEqual([204, '', revision + 1]);
  });
});

describe('If-Match', () => {
  it('lets a change through that knows what it changes, and stops every other one with 412', async () => {
    const { path, backend, created } = await service('guarded');
    const stale = tagOf(created);
    const staleBackend = tagOf(await admin.call('GET', backend));
    const patched = await admin.call('PATCH', backend, {
      body: { weight: 2 },
      headers: ifMatch('"0000000000000000"', staleBackend),
    });
    expect(patched.status).toBe(200);
    const present = tagOf(await admin.call('GET', path));
    const before = (await admin.call('GET', '/api/v1/config')).text;
    const writes: [string, string, string, unknown][] = [
      ['PUT', path, stale, { hosts: ['guarded.test'] }],
      ['DELETE', path, stale, undefined],
      ['POST', `${path}/backends`, stale, { url: 'http://10.0.0.2:80' }],
      ['PATCH', backend, staleBackend, { weight: 3 }],
      ['PATCH', backend, present, { weight: 3 }],
      ['DELETE', backend, staleBackend, undefined],
      ['PUT', path, `W/${present}`, { hosts: ['guarded.test'] }],
    ];
    for (const [method, target, tag, body] of writes) {
      const answer = await admin.call(method, target, { body, headers: ifMatch(tag) });
      expect([method, target, answer.status]).toEqual([method, target, 412]);
      const current = target === backend ? tagOf(patched) : present;
      expect(answer.body).toMatchObject({
        code: 'PRECONDITION_FAILED',
        detail: expect.stringContaining(`it has ${current} now`),
      });
    }
    expect((await admin.call('GET', '/api/v1/config')).text).toBe(before);
    expect(
      (
        await admin.call('POST', `${path}/backends`, {
          body: { url: 'http://10.0.0.2:80' },
          headers: ifMatch(present),
        })
      ).status,
    ).toBe(201);
    expect((await admin.call('DELETE', backend, { headers: ifMatch(tagOf(patched)) })).status).toBe(204);
    expect((await admin.call('DELETE', path, { headers: ifMatch('*') })).status).toBe(204);
  });

  it('never holds for what does not exist yet, and does not hide that something is missing', async () => {
    for (const condition of ['*', '"0000000000000000"']) {
      const body = { name: 'unborn', hosts: ['unborn.test'] };
      const answer = await admin.call('POST', '/api/v1/services', { body, headers: ifMatch(condition) });
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([412, 'PRECONDITION_FAILED']);
    }
    const missing = await admin.call('DELETE', '/api/v1/services/unborn', { headers: ifMatch('*') });
    expect(missing.status).toBe(404);
  });

  it.each([
    'abc',
    '""" ',
    '"a" "b"',
    '"a",',
    ',"a"',
    '*, "a"',
    '"a", *',
    'w/"a"',
    'W/',
    '"unclosed',
    "'a'",
    '"a";"b"',
  ])('that cannot be read is refused: %s', async (header) => {
    const { path } = await service(`unread-${Buffer.from(header).toString('hex')}`);
    const answer = await admin.call('DELETE', path, { headers: { 'if-match': header } });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'REQUEST_INVALID']);
    expect((await admin.call('GET', path)).status).toBe(200);
  });

  it('with thousands of tags or a very long one does not hold up anybody', async () => {
    const { path } = await service('long');
    for (const header of [
      '"a",'.repeat(3_000) + '"b"',
      `"${'a'.repeat(12_000)}"`,
      `"a"${' '.repeat(12_000)}x`,
    ]) {
      const begun = performance.now();
      const answer = await admin.call('DELETE', path, { headers: { 'if-match': header } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(performance.now() - begun).toBeLessThan(5_000);
    }
  });
});

describe('a note', () => {
  it('stands in the revision of its change', async () => {
    const note = 'für den Schlußverkauf: 30 % mehr & "schneller"';
    const { path } = await service('noted');
    const target = `${path}?note=${encodeURIComponent(note)}`;
    await admin.call('PUT', target, { body: { hosts: ['noted.test'], slowStart: '5s' } });
    expect(await newestRevision()).toMatchObject({ note, author: 'admin token (127.0.0.1)' });
    await admin.call('DELETE', path);
    expect(await newestRevision()).toMatchObject({ note: '' });
  });

  it.each([
    ['too long', `note=${'x'.repeat(1_001)}`, 'is 1001 characters long'],
    ['given twice', 'note=a&note=b', 'more than once'],
    ['mistyped', 'nota=a', '"nota"'],
  ])('that is %s is refused, with its change', async (_, query, message) => {
    const { path } = await service('annotated');
    const answer = await admin.call('DELETE', `${path}?${query}`);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([400, 'REQUEST_INVALID']);
    expect((answer.body as { detail: string }).detail).toContain(message);
    expect((await admin.call('GET', path)).status).toBe(200);
    await admin.call('DELETE', `${path}?note=${'x'.repeat(1_000)}`);
  });
});

it('loses no update of 100 parallel writers', async () => {
  const { backend } = await service('contended');
  await admin.call('PATCH', backend, { body: { weight: 1 } });
  let refused = 0;
  const increment = async () => {
    for (;;) {
      const seen = await admin.call('GET', backend);
      const { weight } = seen.body as { weight: number };
      const answer = await admin.call('PATCH', backend, {
        body: { weight: weight + 1 },
        headers: ifMatch(tagOf(seen)),
      });
      if (answer.status === 200) return revisionOf(answer);
      expect(answer.status).toBe(412);
      refused++;
    }
  };
  const before = (await newestRevision()).number;
  const revisions = await Promise.all(Array.from({ length: WRITERS }, increment));
  expect((await admin.call('GET', backend)).body).toMatchObject({ weight: 1 + WRITERS });
  expect((await newestRevision()).number).toBe(before + WRITERS);
  expect(new Set(revisions).size).toBe(WRITERS);
  expect(refused).toBeGreaterThan(0);
});
