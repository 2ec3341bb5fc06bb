import { type BrokenBody, backend, change, isNoUrl, outside, service, WEIGHTLESS } from './broken-body.js';

/** Servers of a service. */
export const BROKEN_BACKENDS: readonly BrokenBody[] = [
  service('a URL with a path', { backends: ['http://10.0.0.1:80/app'] }, [
    'backends[0]',
    'must not have a path, so remove "/app": the client\'s own path is sent on unchanged',
  ]),
  service('one server twice', { backends: ['http://10.0.0.1', 'http://10.0.0.1:80/'] }, [
    'backends[1].url',
    'is the same server as backends[0] (http://10.0.0.1:80): remove one, or raise its weight',
  ]),
  service('weight 0 everywhere', { backends: [{ url: 'http://10.0.0.1', weight: 0 }] }, [
    'backends',
    WEIGHTLESS,
  ]),
  backend('a URL with a query', { url: 'http://10.0.0.1:80?x=1' }, [
    'url',
    'must not have a query, so remove "?x=1": the client\'s own path is sent on unchanged',
  ]),
  backend('a URL with a password', { url: 'http://user:secret@10.0.0.1' }, [
    'url',
    'must not carry a user name or password: backends are called without credentials',
  ]),
  backend('a URL without a scheme', { url: '10.0.0.1:8080' }, ['url', isNoUrl('10.0.0.1:8080')]),
  backend('another scheme', { url: 'ftp://10.0.0.1' }, [
    'url',
    '"ftp://10.0.0.1" must start with http:// or https://, not ftp://',
  ]),
  backend('a port that does not exist', { url: 'http://10.0.0.1:70000' }, [
    'url',
    '"http://10.0.0.1:70000" has no valid port: write one from 1 to 65535, such as http://10.0.0.7:8080',
  ]),
  backend('a URL without a host', { url: 'http://:8080' }, [
    'url',
    '"http://:8080" has no host: write scheme, host and port, such as http://10.0.0.7:8080',
  ]),
  backend('no URL', { weight: 1 }, ['url', 'is missing: write a text']),
  backend('a number', '42', ['', 'must be an object (keys with values) or a text, not the number 42']),
  backend('null', 'null', ['', 'must be an object (keys with values) or a text, not nothing']),
  backend('weight -1', { url: 'http://10.0.0.1', weight: -1 }, ['weight', outside(-1, 0, 1000)]),
  backend('weight 1001', { url: 'http://10.0.0.1', weight: 1001 }, ['weight', outside(1001, 0, 1000)]),
  backend('weight "3"', { url: 'http://10.0.0.1', weight: '3' }, [
    'weight',
    'must be a number, not the text "3": remove the quotes',
  ]),
  change('weight 1.5', { weight: 1.5 }, ['weight', '1.5 is no whole number']),
  change('weight 1e999', '{"weight":1e999}', ['weight', 'must be a number, not Infinity']),
  change('weight null', { weight: null }, ['weight', 'has no value: write a number, or remove the key']),
  change('weight 0 for the only one', { weight: 0 }, ['backends', WEIGHTLESS]),
  change('a state that is none', { state: 'drain' }, [
    'state',
    'is the text "drain": did you mean "draining"? Allowed: enabled, draining, disabled',
  ]),
  change('yes', { backup: 'yes' }, ['backup', 'must be true or false, not the text "yes"']),
  change('nothing', {}, ['', 'is empty: give weight, backup, maxInFlight, group or state']),
  change('a list', [], ['', 'must be an object (keys with values), not a list']),
  change('another URL', { url: 'http://10.0.0.2' }, [
    'url',
    'is no known key: known here are weight, backup, maxInFlight, group, state',
  ]),
  {
    what: 'a server that is there already',
    request: 'POST /shop/backends',
    body: { url: 'http://127.0.0.1:9' },
    status: 409,
    code: 'BACKEND_EXISTS',
    detail: 'Service shop has the backend http://127.0.0.1:9 already: change that one.',
  },
];
