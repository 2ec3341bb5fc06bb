import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isVelocityError } from '../errors/index.js';
import { parseConfigText } from './config.parser.js';
import { validateDesired } from './desired-state.validator.js';
import type { ConfigInput } from './schema.js';

const SERVICES = ['a', 'b', 'c'];

function text(changes: { defaults?: string; b?: string } = {}): string {
  const services = SERVICES.map((name) => {
    const more = name === 'b' ? (changes.b ?? '') : '';
    return `  - { name: ${name}, hosts: [${name}.test], backends: ["http://${name}.test:80"]${more} }\n`;
  });
  return `defaults: { slowStart: ${changes.defaults ?? '1s'} }\nservices:\n${services.join('')}`;
}

function read(content: string) {
  return parseConfigText(content, 'v.yml', {});
}

function issuesOf(content: string): string[] {
  try {
    read(content);
  } catch (error) {
    if (isVelocityError(error))
      return error.issues.map((i) => `${i.line}:${i.column}: ${i.path}: ${i.message}`);
    throw error;
  }
  return [];
}

function desired({ trustedProxies = [], defaults = {}, services = [] }: ConfigInput) {
  return { trustedProxies, defaults, services };
}

describe('reading a file again', () => {
  it('gives the same objects for the services that are written as before', () => {
    const before = read(text());
    const after = read(text({ b: ', slowStart: 5s' }));
    for (const index of [0, 2]) {
      expect(after.input.services?.[index]).toBe(before.input.services?.[index]);
      expect(after.config.services[index]).toBe(before.config.services[index]);
    }
    expect(after.config.services.map((service) => service.slowStartMs)).toEqual([1_000, 5_000, 1_000]);
    expect(after.input.services?.[1]).toMatchObject({ name: 'b', slowStart: '5s' });
  });

  it('finds them in another place too', () => {
    const before = read(text());
    const moved = `${text({ b: ', slowStart: off' })}  - { name: d, hosts: [d.test] }\n`.replace(
      / {2}- { name: a.*\n/,
      '',
    );
    const after = read(moved);
    expect(after.config.services.map((service) => service.name)).toEqual(['b', 'c', 'd']);
    expect(after.config.services[1]).toBe(before.config.services[2]);
  });

  it('fills in the defaults of now', () => {
    read(text());
    expect(read(text({ defaults: '7s' })).config.services.map((service) => service.slowStartMs)).toEqual([
      7_000, 7_000, 7_000,
    ]);
  });

  it('names the place of an error among services that are not looked at again', () => {
    read(text());
    expect(issuesOf(text({ b: ', retries: { attempts: 99 }' }))).toEqual([
      '4:86: services[1].retries.attempts: 99 is out of range: write a whole number from 0 to 10',
    ]);
  });

  it('still holds the services against each other', () => {
    read(text());
    expect(issuesOf(`${text()}  - { name: a, hosts: [c.test] }\n`)).toEqual([
      '6:13: services[3].name: "a" is the name of another service (services[0]): names are unique, so choose another',
      '6:24: services[3].hosts[0]: "c.test" with path "/" belongs to service "c" (services[2]): change the host, or set other `paths`',
    ]);
  });

  it('repeats notices, at the place where they stand now', () => {
    const noticed = (lines: string) => `${lines}services:\n  - { name: a, backends: ["http://a.test"] }\n`;
    expect(read(noticed('')).notices).toEqual([
      'v.yml:2:27: services[0].backends[0]: has no port, so 80 is used: write http://a.test:80',
    ]);
    expect(read(noticed('# one\n# two\n')).notices).toEqual([
      'v.yml:4:27: services[0].backends[0]: has no port, so 80 is used: write http://a.test:80',
    ]);
  });

  it('looks at certificate files again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'velocity-memory-'));
    try {
      const file = join(folder, 'ca.pem');
      const content = `services:\n  - { name: a, tls: { ca: ${file} } }\n`;
      expect(issuesOf(content)[0]).toContain('does not exist');
      writeFileSync(file, 'no certificate');
      expect(issuesOf(content)[0]).toContain('holds no certificate');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not misled by a coercion in between', () => {
    const content = 'services:\n  - { name: a, backends: [{ url: "http://a.test:1", weight: "${W}" }] }\n';
    const weight = (W: string) =>
      parseConfigText(content, 'v.yml', { W }).config.services[0]?.backends[0]?.weight;
    expect([weight('2'), weight('3'), weight('2')]).toEqual([2, 3, 2]);
    expect(() => weight('x')).toThrow('must be a number');
    weight('2');
    expect(issuesOf(content.replace('${W}', '2'))[0]).toContain('remove the quotes');
  });
});

describe('validating what a file gave', () => {
  it('takes over what reading it found out', () => {
    const { config, input } = read(text());
    const configs = validateDesired(desired(input));
    for (const [index, service] of config.services.entries()) expect(configs[index]).toBe(service);
  });

  it('beside other defaults starts anew', () => {
    const { input } = read(text());
    const configs = validateDesired({ ...desired(input), defaults: { slowStart: '9s' } });
    expect(configs.map((service) => service.slowStartMs)).toEqual([9_000, 9_000, 9_000]);
  });

  it('cannot be misled: what reading gave cannot be changed', () => {
    const [service] = read(text()).input.services ?? [];
    expect(() => service?.backends?.push({ url: 'nonsense' })).toThrow(TypeError);
    expect(() => Object.assign(service?.backends?.[0] ?? {}, { weight: -1 })).toThrow(TypeError);
  });

  it('reports the place of a new service that is wrong among known ones', () => {
    const { input } = read(text());
    const state = desired(input);
    const services = [...state.services.slice(0, 2), { name: 'B!' }, ...state.services.slice(2)];
    expect(() => validateDesired({ ...state, services })).toThrow(
      'services[2].name: "B!" is no service name',
    );
  });
});
