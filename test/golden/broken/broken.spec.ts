import { describe, expect, it } from 'vitest';
import {
  parseBackendInput,
  parseBackendPatch,
  parseConfigText,
  parseServiceInput,
  validateDesired,
  validateServiceChange,
  type ServiceInput,
} from '../../../src/common/config/index.js';
import { isVelocityError, type VelocityError } from '../../../src/common/errors/index.js';
import { BROKEN_BODIES, BROKEN_FILES, contentOf, type BrokenBody } from './index.js';

const PARSERS: Readonly<Record<BrokenBody['kind'], (body: unknown) => unknown>> = {
  service: parseServiceInput,
  backend: parseBackendInput,
  patch: parseBackendPatch,
};

/** The error that the call must end in; anything else fails the test. */
function errorOf(call: () => unknown): VelocityError {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    if (isVelocityError(error)) return error;
    throw error;
  }
  throw new Error(`was accepted as ${JSON.stringify(result)}`);
}

describe('broken files', () => {
  const files = Object.values(BROKEN_FILES).flat();

  it('are many, each with a story of its own', () => {
    expect(files.length).toBeGreaterThanOrEqual(160);
    expect(new Set(files.map((file) => file.story)).size).toBe(files.length);
  });

  describe.each(Object.entries(BROKEN_FILES))('%s', (_topic, table) => {
    it.each(table)('$story', (file) => {
      const error = errorOf(() => parseConfigText(contentOf(file), 'velocity.yml', file.env ?? {}));
      const issues = error.issues.map(({ file: name, line, column, path, message }) => {
        expect(name).toBe('velocity.yml');
        return `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
      });
      expect(issues).toEqual(file.issues);
      expect(error.code).toBe(file.code ?? 'CONFIG_INVALID');
    });
  });

  it('point into the file: every position exists', () => {
    for (const file of files) {
      const lines = contentOf(file).toString().split('\n');
      for (const issue of file.issues) {
        const [line, column] = issue.split(':').map(Number);
        expect(lines.length).toBeGreaterThanOrEqual(line!);
        expect(lines[line! - 1]!.length + 1, `${file.story}: ${issue}`).toBeGreaterThanOrEqual(column!);
      }
    }
  });

  it('never repeat a password', () => {
    const secrets = files.filter((file) => contentOf(file).toString().includes('secret@'));
    expect(secrets.length).toBeGreaterThanOrEqual(2);
    for (const file of secrets) expect(file.issues.join()).not.toContain('secret');
  });
});

describe('broken bodies', () => {
  it.each(BROKEN_BODIES)('$kind: $story', ({ kind, body, issues }) => {
    const error = errorOf(() => PARSERS[kind](deepFrozen(body)));
    expect(error.issues).toEqual(issues);
    expect(error.code).toBe('CONFIG_INVALID');
  });
});

describe('nothing is half applied', () => {
  const good: ServiceInput = {
    name: 'good',
    hosts: ['good.test'],
    backends: [{ url: 'http://127.0.0.1:9001' }],
  };
  const bodies = BROKEN_BODIES.filter((body) => body.kind === 'service');

  it.each(bodies)('a state with $story is refused as a whole and left as it was', ({ body }) => {
    const state = deepFrozen({ trustedProxies: [], defaults: {}, services: [good, body as ServiceInput] });
    const before = structuredClone(state);
    const error = errorOf(() => validateDesired(state));
    expect(error.issues.length).toBeGreaterThan(0);
    for (const issue of error.issues) expect(issue.path).toMatch(/^services\[1\]/);
    expect(state).toEqual(before);
  });

  it('a change that overlaps is refused, with the others left as they were', () => {
    const others = deepFrozen([good]);
    const change = deepFrozen({ name: 'new', hosts: ['new.test', 'GOOD.test'] });
    expect(errorOf(() => validateServiceChange(change, others, {})).issues).toEqual([
      {
        path: 'hosts[1]',
        message: '"GOOD.test" with path "/" belongs to service "good": change the host, or set other `paths`',
      },
    ]);
  });
});

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
