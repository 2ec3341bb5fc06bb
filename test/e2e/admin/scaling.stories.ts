import { expect, it } from 'vitest';
import type { DocumentedCall } from './access.stories.js';

export function tellScaling(call: DocumentedCall): void {
  it('is shown of the services that have it', async () => {
    expect((await call('get /api/v1/scaling')).body).toEqual({ items: [] });
    const { status, body } = await call('get /api/v1/scaling/{name}');
    expect([status, body]).toMatchObject([404, { code: 'SERVICE_NOT_FOUND' }]);
    expect((await call('get /api/v1/scaling/{name}', { name: 'nobody' })).status).toBe(404);
  });
}
