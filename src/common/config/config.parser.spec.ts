import { describe, expect, it } from 'vitest';
import { isVelocityError } from '../errors/index.js';
import { parseConfigText } from './config.parser.js';
import type { Environment } from './source/environment.js';

function issuesOf(text: string, environment: Environment = {}): string[] {
  try {
    parseConfigText(text, 'v.yml', environment);
  } catch (error) {
    if (isVelocityError(error))
      return error.issues.map((i) => `${i.line}:${i.column}: ${i.path}: ${i.message}`);
    throw error;
  }
  return [];
}

describe('parseConfigText', () => {
  it('reads JSON, indented with tabs, as the YAML that it is', () => {
    const json = JSON.stringify({ services: [{ name: 'shop', backends: ['http://a.test:80'] }] }, null, '\t');
    expect(parseConfigText(json, 'v.json', {}).config.services[0]?.backends[0]?.url).toBe('http://a.test:80');
  });

  it.each(['', '\n\n', '# nothing\n', '---\n', '---\n...\n', 'null\n', '{}'])(
    'takes %j as all defaults',
    (text) => {
      const { config, input, notices } = parseConfigText(text, 'v.yml', {});
      expect([config.services, input, notices]).toEqual([[], {}, []]);
      expect(config.listeners).toEqual([
        {
          host: '0.0.0.0',
          port: 8000,
          lane: 'auto',
          headTimeoutMs: 15_000,
          idleTimeoutMs: 75_000,
          maxHeadBytes: 16_384,
          maxHeaders: 100,
          maxUriBytes: 8_192,
          maxConnections: 20_000,
          maxConnectionsPerAddress: 0,
        },
      ]);
    },
  );

  it('keeps in `input` what was written, short forms written out and nothing filled in', () => {
    const text =
      'services:\n  - { name: a, backends: [HTTP://A.test, { url: "http://b.test:1", weight: 2 }] }\n';
    expect(parseConfigText(text, 'v.yml', {}).input).toEqual({
      services: [
        { name: 'a', backends: [{ url: 'http://a.test:80' }, { url: 'http://b.test:1', weight: 2 }] },
      ],
    });
  });

  it('says in its own message where the first error is, and how many follow', () => {
    const call = () => parseConfigText('workers: 0\nvai: x\nlog: 5\n', 'dir/v.yml', {});
    expect(call).toThrow(
      'dir/v.yml:1:10: workers: 0 is out of range: write a whole number from 1 to 64 (and 2 more)',
    );
  });

  it('finds the place of an error behind an alias', () => {
    const text =
      'services:\n  - name: a\n    hosts: [a.test]\n    health: &h { rise: 0 }\n  - name: b\n    health: *h\n';
    expect(issuesOf(text)).toEqual([
      '4:24: services[0].health.rise: 0 is out of range: write a whole number from 1 to 100',
      '4:24: services[1].health.rise: 0 is out of range: write a whole number from 1 to 100',
    ]);
  });

  it('uses the last anchor of a name, as YAML does', () => {
    const text =
      'defaults: { slowStart: &t 1s }\nservices:\n  - { name: a, slowStart: &t 2s, timeouts: { connect: *t } }\n';
    expect(parseConfigText(text, 'v.yml', {}).config.services[0]?.timeouts.connectMs).toBe(2_000);
  });

  it('never replaces placeholders in what a variable brings in', () => {
    expect(
      parseConfigText('storage: { driver: sqlite, path: "${A}" }', 'v.yml', { A: '${B}', B: 'x' }).config
        .storage,
    ).toEqual({ driver: 'sqlite', path: '${B}' });
  });

  it('keeps a text that looks like a number a text where one is wanted', () => {
    const text = 'via: ${VIA}\nservices:\n  - name: ${NAME}\n';
    const { config } = parseConfigText(text, 'v.yml', { VIA: '12', NAME: '7' });
    expect([config.via, config.services[0]?.name]).toEqual(['12', '7']);
  });

  it('reports what is wrong between keys together with what is wrong in them', () => {
    const text = 'services:\n  - { name: a, hosts: [x.test], nme: 1 }\n  - { name: a, hosts: [x.test] }\n';
    expect(issuesOf(text)).toEqual([
      '2:33: services[0].nme: is no known key: did you mean "name"?',
      '3:13: services[1].name: "a" is the name of another service (services[0]): names are unique, so choose another',
      '3:24: services[1].hosts[0]: "x.test" with path "/" belongs to service "a" (services[0]): change the host, or set other `paths`',
    ]);
  });

  it('does not add to an unset variable what follows from it', () => {
    expect(issuesOf('services:\n  - name: ${NAME}\n    backends: ["${URL}"]\n')).toEqual([
      '2:11: services[0].name: needs the environment variable NAME, which is not set: set it, or write ${NAME:-default}',
      '3:16: services[0].backends[0]: needs the environment variable URL, which is not set: set it, or write ${URL:-default}',
    ]);
  });
});

describe('older keys', () => {
  it('give a service without a name one that no other has', () => {
    const services = ['- { name: shop-test }', '- { domain: shop.test }', '- { domain: shop-test }'].join(
      '\n',
    );
    const { config } = parseConfigText(`services:\n${services}\n`, 'v.yml', {});
    expect(config.services.map((service) => service.name)).toEqual([
      'shop-test',
      'shop-test-2',
      'shop-test-3',
    ]);
  });

  it('leave a service without a name and domain to the schema', () => {
    expect(issuesOf('services:\n  - targetURLs: ["http://a.test:80"]\n')).toEqual([
      '2:5: services[0].name: is missing: write a text',
    ]);
  });

  it('take a list of domains too', () => {
    const { config } = parseConfigText('services:\n  - domain: [a.test, b.test]\n', 'v.yml', {});
    expect(config.services[0]?.hosts).toEqual(['a.test', 'b.test']);
  });
});
