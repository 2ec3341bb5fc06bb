import { expect, it } from 'vitest';
import type { DocumentedCall } from './access.stories.js';

export function tellScaling(call: DocumentedCall): void {
  it('is told of services that have it, and of no other', async () => {
    expect((await call('get /api/v1/scaling')).body).toEqual({ items: [] });
    const webhook = { url: 'http://127.0.0.1:9/scale', secret: '0123456789abcdef0123456789abcdef' };
    const definition = { name: 'scaled', hosts: ['scaled.test'], scaling: { webhook, min: 2, max: 4 } };
    await call('post /api/v1/services', { body: definition });
    const one = await call('get /api/v1/scaling/{name}', { name: 'scaled' });
    expect(one.body).toMatchObject({
      driver: 'webhook',
      state: 'standby',
      problem: '',
      min: 2,
      max: 4,
      current: 0,
    });
    expect((await call('get /api/v1/scaling')).body).toEqual({ items: [one.body] });
    await call('delete /api/v1/services/{name}', { name: 'scaled' });
    const { status, body } = await call('get /api/v1/scaling/{name}');
    expect([status, body]).toMatchObject([404, { code: 'SERVICE_NOT_FOUND' }]);
  });
}
