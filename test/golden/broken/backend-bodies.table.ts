import type { BrokenBody } from './broken-body.js';

export const BROKEN_BACKEND_BODIES: readonly BrokenBody[] = [
  {
    story: 'a number',
    kind: 'backend',
    body: 9001,
    issues: [{ path: '', message: 'must be an object (keys with values) or a text, not the number 9001' }],
  },
  {
    story: 'null',
    kind: 'backend',
    body: null,
    issues: [{ path: '', message: 'must be an object (keys with values) or a text, not nothing' }],
  },
  {
    story: 'an empty object',
    kind: 'backend',
    body: {},
    issues: [{ path: 'url', message: 'is missing: write a text' }],
  },
  {
    story: 'a list',
    kind: 'backend',
    body: [{ url: 'http://127.0.0.1:9001' }],
    issues: [{ path: '', message: 'must be an object (keys with values) or a text, not a list' }],
  },
  {
    story: 'an unknown key',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', wait: 3 },
    issues: [
      {
        path: 'wait',
        message: 'is no known key: known here are url, weight, backup, maxInFlight, group, state, source',
      },
    ],
  },
  {
    story: 'an id that was given',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', id: '0123456789abcdef' },
    issues: [
      {
        path: 'id',
        message: 'is no known key: known here are url, weight, backup, maxInFlight, group, state, source',
      },
    ],
  },
  {
    story: 'a weight as a text',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', weight: '3' },
    issues: [{ path: 'weight', message: 'must be a number, not the text "3": remove the quotes' }],
  },
  {
    story: 'a weight of -1',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', weight: -1 },
    issues: [{ path: 'weight', message: '-1 is out of range: write a whole number from 0 to 1000' }],
  },
  {
    story: 'a weight of 1001',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', weight: 1001 },
    issues: [{ path: 'weight', message: '1001 is out of range: write a whole number from 0 to 1000' }],
  },
  {
    story: 'a weight of 1.5',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', weight: 1.5 },
    issues: [{ path: 'weight', message: '1.5 is no whole number' }],
  },
  {
    story: 'a weight of null',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', weight: null },
    issues: [{ path: 'weight', message: 'has no value: write a number, or remove the key' }],
  },
  {
    story: 'backup as a number',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', backup: 1 },
    issues: [{ path: 'backup', message: 'must be true or false, not the number 1' }],
  },
  {
    story: 'an unknown state',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001', state: 'off' },
    issues: [{ path: 'state', message: 'is the text "off": write one of enabled, draining, disabled' }],
  },
  {
    story: 'a URL with credentials',
    kind: 'backend',
    body: { url: 'http://u:p@127.0.0.1:9001' },
    issues: [
      {
        path: 'url',
        message: 'must not carry a user name or password: backends are called without credentials',
      },
    ],
  },
  {
    story: 'a URL with a query',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001?x' },
    issues: [
      {
        path: 'url',
        message: 'must not have a query, so remove "?x": the client\'s own path is sent on unchanged',
      },
    ],
  },
  {
    story: 'a URL of another scheme',
    kind: 'backend',
    body: { url: 'file:///etc/passwd' },
    issues: [
      { path: 'url', message: '"file:///etc/passwd" must start with http:// or https://, not file://' },
    ],
  },
  {
    story: 'a URL with a line break',
    kind: 'backend',
    body: { url: 'http://127.0.0.1:9001\r\nX: y' },
    issues: [
      {
        path: 'url',
        message: '"http://127.0.0.1:9001\\r\\nX: y" has a space or line break in it: remove it',
      },
    ],
  },
  {
    story: 'a text that is no URL',
    kind: 'backend',
    body: 'nonsense',
    issues: [
      {
        path: '',
        message:
          '"nonsense" is no URL of a backend: write scheme, host and port, such as http://10.0.0.7:8080',
      },
    ],
  },
  {
    story: 'an empty object',
    kind: 'patch',
    body: {},
    issues: [{ path: '', message: 'is empty: give weight, backup, maxInFlight, group or state' }],
  },
  {
    story: 'a list',
    kind: 'patch',
    body: [],
    issues: [{ path: '', message: 'must be an object (keys with values), not a list' }],
  },
  {
    story: 'null',
    kind: 'patch',
    body: null,
    issues: [{ path: '', message: 'is missing: write an object (keys with values)' }],
  },
  {
    story: 'an unknown key',
    kind: 'patch',
    body: { wieght: 3 },
    issues: [{ path: 'wieght', message: 'is no known key: did you mean "weight"?' }],
  },
  {
    story: 'the URL, which makes another backend',
    kind: 'patch',
    body: { url: 'http://127.0.0.1:9002' },
    issues: [
      {
        path: 'url',
        message: 'is no known key: known here are weight, backup, maxInFlight, group, state',
      },
    ],
  },
  {
    story: 'a weight as a text',
    kind: 'patch',
    body: { weight: '3' },
    issues: [{ path: 'weight', message: 'must be a number, not the text "3": remove the quotes' }],
  },
  {
    story: 'a weight of 1001',
    kind: 'patch',
    body: { weight: 1001 },
    issues: [{ path: 'weight', message: '1001 is out of range: write a whole number from 0 to 1000' }],
  },
  {
    story: 'an unknown state',
    kind: 'patch',
    body: { state: 'drain' },
    issues: [
      {
        path: 'state',
        message: 'is the text "drain": did you mean "draining"? Allowed: enabled, draining, disabled',
      },
    ],
  },
  {
    story: 'backup as a text',
    kind: 'patch',
    body: { backup: 'true' },
    issues: [{ path: 'backup', message: 'must be true or false, not the text "true"' }],
  },
];
