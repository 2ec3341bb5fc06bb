import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateOpenApi } from '../../../src/modules/admin/openapi/openapi.module.js';
import { AdminApplication } from './admin.application.js';

let admin: AdminApplication;
beforeAll(async () => {
  admin = await AdminApplication.start();
});
afterAll(() => admin.stop());

interface Document {
  readonly paths: Record<string, Record<string, { security?: object[]; tags?: string[]; summary?: string }>>;
  readonly components: { readonly schemas: object; readonly securitySchemes: object };
}

describe('docs/openapi.json', () => {
  it('is what the application makes (else: npm run generate)', async () => {
    expect(await readFile('docs/openapi.json', 'utf8')).toBe(await generateOpenApi());
  });

  it('is what a running balancer serves', async () => {
    const served = await admin.call('GET', '/docs-json', { token: null });
    expect(served.body).toEqual(JSON.parse(await generateOpenApi()));
  });

  it('refers to nothing that is not in it', async () => {
    const text = await generateOpenApi();
    const { components }: Document = JSON.parse(text);
    const referred = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference]) => reference);
    expect(referred.length).toBeGreaterThan(50);
    const known = Object.keys(components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(referred.filter((reference) => !known.includes(reference!))).toEqual([]);
  });

  it('asks for the token everywhere but on health and metrics', async () => {
    const { paths, components }: Document = JSON.parse(await generateOpenApi());
    expect(components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } });
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).flatMap((operation) => (operation.security ? [] : [path])),
    );
    expect(open).toEqual(['/health/live', '/health/ready', '/metrics']);
  });
});
