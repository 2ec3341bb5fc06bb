import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

describe('what is wrong with a field', () => {
  let api: typeof import('./api');

  beforeAll(async () => {
    // The session looks into the address as soon as it is loaded.
    vi.stubGlobal('location', { hash: '' });
    vi.stubGlobal('window', {});
    api = await import('./api');
  });
  afterAll(() => vi.unstubAllGlobals());

  it.each([
    ['for', 'is no time'],
    ['force', 'is no yes'],
    ['backends', 'is no URL'],
    ['name', ''],
  ])('%s is said of it or a part of it', (field, message) => {
    const issues = [
      { path: 'force', message: 'is no yes' },
      { path: 'for', message: 'is no time' },
      { path: 'backends[1].url', message: 'is no URL' },
      { path: 'names', message: 'are too many' },
    ];
    expect(api.problemAt(new api.ApiError(422, 'INVALID', '', { issues }), field)).toBe(message);
    expect(api.problemAt(null, field)).toBe('');
  });
});
