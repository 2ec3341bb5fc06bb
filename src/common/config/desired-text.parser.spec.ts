import { describe, expect, it } from 'vitest';
import { isVelocityError } from '../errors/index.js';
import { parseDesiredText } from './desired-text.parser.js';

const parse = (text: string) => parseDesiredText(Buffer.from(text), 'the body');

function issuesOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (!isVelocityError(error, 'CONFIG_INVALID')) throw error;
    return error.issues.map(({ path, message, line }) => `${line}: ${path} ${message}`);
  }
  return [];
}

const WHOLE_FILE = `
listeners: [{ port: 8000 }]
storage: { driver: mongodb, uri: '\${MONGODB_URI}' }
listen_port: 9000
trustedProxies: [10.0.0.0/8]
services:
  - name: shop
    backends: ['http://10.0.0.7:8080']
`;

describe('a configuration that somebody sends', () => {
  it('is taken without what only a start reads, whatever stands there, and says so', () => {
    const { state, notices } = parse(WHOLE_FILE);
    expect(state).toEqual({
      trustedProxies: ['10.0.0.0/8'],
      defaults: {},
      services: [{ name: 'shop', backends: [{ url: 'http://10.0.0.7:8080' }] }],
    });
    const passedOver = 'is only read from the configuration file at the start, and passed over here';
    expect(notices).toEqual([
      `the body:2:1: listeners: ${passedOver}`,
      `the body:3:1: storage: ${passedOver}`,
      `the body:4:1: listen_port: ${passedOver}`,
    ]);
  });

  it('has the policy of the access log, without what only a start reads of it', () => {
    const { state } = parse(
      'accessLog: { enabled: false, retention: 1d, outputs: [{ to: stdout }], sample: 10% }',
    );
    expect(state).toEqual({ trustedProxies: [], accessLog: { sample: '10%' }, defaults: {}, services: [] });
    expect(parse('accessLog: { enabled: false }').state).toEqual({
      trustedProxies: [],
      defaults: {},
      services: [],
    });
  });

  it('does not get at our environment by placeholders', () => {
    process.env['VELOCITY_SECRET_OF_A_TEST'] = 'http://secret.test:1';
    for (const url of ['${VELOCITY_SECRET_OF_A_TEST}', '${VELOCITY_SECRET_OF_A_TEST:-http://10.0.0.1:80}']) {
      const issues = issuesOf(`services:\n  - name: shop\n    backends:\n      - '${url}'\n`);
      expect(issues).toHaveLength(1);
      expect(issues[0]).toMatch(
        /^4: services\[0\]\.backends\[0\] has the placeholder .* none is replaced here/,
      );
      expect(issues[0]).not.toContain('secret.test');
    }
    delete process.env['VELOCITY_SECRET_OF_A_TEST'];
  });

  it.each([
    ['an unknown key', 'servces: []', /^1: servces .*did you mean/i],
    [
      'a value of the wrong kind',
      'services:\n  - name: shop\n    backends: 7',
      /^3: services\[0\]\.backends/,
    ],
    ['what is no YAML', 'services: [', /^1: /],
    ['a text that is no mapping', '- a\n- b', /^1: /],
  ])('says where %s stands', (_, text, issue) => {
    expect(issuesOf(text)[0]).toMatch(issue);
  });

  it('may be empty: nothing is desired', () => {
    expect(parse('').state).toEqual({ trustedProxies: [], defaults: {}, services: [] });
  });
});
