import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadConfigFile } from '../common/config/index.js';
import { type AuditEntry, createApplicationLogger } from '../modules/logging/index.js';
import type { RegistryView } from '../modules/registry/index.js';
import { type ApplierParts, ConfigFileApplier } from './config-file.applier.js';

const folder = await mkdtemp(path.join(tmpdir(), 'velocity-applier-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const yaml = (weight: number) =>
  `services: [{ name: shop, backends: [{ url: 'http://127.0.0.1:1', weight: ${weight} }] }]`;

/** A registry whose store takes as long as the test wants. */
class SlowRegistry {
  applied = 0;
  private readonly begun = Promise.withResolvers<void>();
  private readonly stored = Promise.withResolvers<void>();

  readonly asParts = {
    start: async () => ({}) as RegistryView,
    status: () => ({ reconciled: true, problem: '' }),
    applyFile: async () => {
      this.begun.resolve();
      await this.stored.promise;
      this.applied++;
      return { revision: { number: this.applied } } as RegistryView;
    },
  } satisfies ApplierParts['registry'];

  whenBegun(): Promise<void> {
    return this.begun.promise;
  }

  store(): void {
    this.stored.resolve();
  }
}

it('shows the error of the newest edit, though an earlier good one is stored after it', async () => {
  const file = path.join(folder, 'velocity.yml');
  await writeFile(file, yaml(1));
  const lines: string[] = [];
  const waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  const log = await createApplicationLogger(
    { level: 'info', format: 'json' },
    {
      write: (line) => {
        lines.push(line);
        for (const { text, resolve } of waiting) if (line.includes(text)) resolve();
      },
    },
  );
  const logged = (text: string) => new Promise<void>((resolve) => waiting.push({ text, resolve }));
  const registry = new SlowRegistry();
  const audited: AuditEntry[] = [];
  const loaded = await loadConfigFile(file, {});
  const applier = new ConfigFileApplier({
    path: file,
    loaded,
    environment: {},
    registry: registry.asParts,
    log,
    audit: { record: (entry) => void audited.push(entry) },
  });
  applier.watch();
  const refused = logged('configuration file refused');

  await writeFile(file, yaml(2));
  await registry.whenBegun();
  // The first edit is being stored; the second one is read meanwhile.
  await writeFile(file, 'services: [{ nam: shop }]');
  setTimeout(() => registry.store(), 300);
  await refused;

  expect(registry.applied).toBe(1);
  expect(applier.status().error).not.toBe('');
  expect(lines.findIndex((line) => line.includes('configuration file applied'))).toBeLessThan(
    lines.findIndex((line) => line.includes('configuration file refused')),
  );
  expect(audited).toMatchObject([
    { action: 'file', actor: file, outcome: 'done', code: '' },
    { action: 'file', actor: file, outcome: 'refused', code: 'CONFIG_INVALID' },
  ]);
  applier.close();
});
