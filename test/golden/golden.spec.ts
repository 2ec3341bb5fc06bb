import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigText, validateDesired } from '../../src/common/config/index.js';

const FOLDER = import.meta.dirname;
/** What placeholders.yml finds. */
const ENVIRONMENT = { PORT: '8123', BACKUP: 'true', HOST: 'edge', EMPTY: '' };

const names = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.yml') ? [file.slice(0, -4)] : []));

function load(name: string) {
  return parseConfigText(readFileSync(join(FOLDER, `${name}.yml`)), `${name}.yml`, ENVIRONMENT);
}

describe('a valid file becomes exactly the configuration beside it', () => {
  it('covers the files that were reviewed', () => {
    expect(names).toHaveLength(7);
  });

  it.each(names)('%s.yml', (name) => {
    const { config, notices } = load(name);
    const expected: unknown = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
    // One per core of this machine.
    const workers = name === 'empty' ? 'auto' : config.workers;
    expect(JSON.parse(JSON.stringify({ config: { ...config, workers }, notices }))).toEqual(expected);
  });

  it.each(names)('%s.yml gives the same services again from its written form', (name) => {
    const { config, input } = load(name);
    const written: unknown = JSON.parse(JSON.stringify(input));
    const { trustedProxies = [], defaults = {}, services = [] } = written as typeof input;
    expect(validateDesired({ trustedProxies, defaults, services })).toEqual(config.services);
  });
});
