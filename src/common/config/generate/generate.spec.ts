import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfigText } from '../config.parser.js';
import { configSchemaNode, type SchemaNode } from './schema-node.js';
import { generateConfigurationPage, generateJsonSchema } from './index.js';

const ROOT = join(import.meta.dirname, '../../../..');
const ADVICE = 'run `npm run generate` and commit what it writes';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** Beside them are lists of backends, which sources read. */
const configFiles = readdirSync(join(ROOT, 'config')).filter((file) => /^velocity\..*yml$/.test(file));

describe('generated files', () => {
  it('config/velocity.schema.json is what the schema makes', () => {
    expect(read('config/velocity.schema.json') === generateJsonSchema(), ADVICE).toBe(true);
  });

  it('docs/configuration.md is what the schema makes', () => {
    expect(read('docs/configuration.md') === generateConfigurationPage(), ADVICE).toBe(true);
  });
});

describe('the reference page', () => {
  const page = generateConfigurationPage();
  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);

  it('has examples that load', () => {
    expect(examples.length).toBeGreaterThan(8);
    for (const example of examples)
      expect(() => parseConfigText(example, 'example.yml', {}), example).not.toThrow();
  });

  it('names every key that the schema knows', () => {
    const keys = keysOf(configSchemaNode());
    expect(keys.size).toBeGreaterThan(50);
    for (const key of keys) expect(page).toMatch(new RegExp(`^\\| \`(\\w+\\.)?${key}[\`.]`, 'm'));
  });

  it('says of every key what it means', () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.split(/(?<!\\)\|/).length === 6);
    expect(rows.length).toBeGreaterThan(60);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)[4]!.trim(), row).not.toBe('');
  });
});

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(generateJsonSchema()) as Parameters<typeof z.fromJSONSchema>[0]);

  it.each(configFiles)('accepts config/%s', (file) => {
    expect(schema.safeParse(parse(read(`config/${file}`))).error).toBeUndefined();
  });

  it('accepts a placeholder where a number belongs', () => {
    expect(schema.safeParse({ admin: { port: '${PORT}' } }).success).toBe(true);
    expect(schema.safeParse({ admin: { port: '3000' } }).success).toBe(false);
  });

  it('refuses unknown keys and values out of range', () => {
    expect(schema.safeParse({ serivces: [] }).success).toBe(false);
    expect(schema.safeParse({ workers: 65 }).success).toBe(false);
    expect(schema.safeParse({ services: [{ name: 'Shop' }] }).success).toBe(false);
  });

  it('keeps no words of our own', () => {
    expect(generateJsonSchema()).not.toContain('"label"');
  });
});

describe('the files in config/', () => {
  it.each(configFiles)('config/%s loads without a notice', (file) => {
    const { config, notices } = parseConfigText(read(`config/${file}`), file, {});
    expect(notices).toEqual([]);
    expect(config.services.length).toBeGreaterThan(0);
  });

  it('lets labels of containers bring the backends of a service that has none', () => {
    const text = 'services: [{ name: web, backends: [] }]\n';
    const labels = 'drivers: { docker: {} }\ndiscovery: { docker: {} }\n';
    expect(parseConfigText(text, 'a.yml', {}).notices).toHaveLength(1);
    expect(parseConfigText(labels + text, 'a.yml', {}).notices).toEqual([]);
  });

  it('the default one shows different algorithms on different hosts, and a catch-all', () => {
    const { config } = parseConfigText(read('config/velocity.yml'), 'velocity.yml', {});
    const summary = config.services.map(({ name, hosts, algorithm }) =>
      [name, hosts.join(), algorithm.name].join(' '),
    );
    expect(summary).toEqual([
      'shop shop.localhost weighted-round-robin',
      'api api.localhost least-connections',
      'chat chat.localhost sticky-round-robin',
      'web  round-robin',
    ]);
    const ports = config.services.flatMap((service) => service.backends.map((backend) => backend.port));
    expect(ports).toEqual([9101, 9102, 9103, 9104, 9105, 9106, 9107, 9108, 9109]);
  });
});

function keysOf(node: SchemaNode): Set<string> {
  const children = [node.items, ...(node.anyOf ?? []), ...(node.oneOf ?? [])].filter(
    (child) => child !== undefined,
  );
  const inner = [...Object.values(node.properties ?? {}), ...children].flatMap((child) => [...keysOf(child)]);
  return new Set([...Object.keys(node.properties ?? {}), ...inner]);
}
