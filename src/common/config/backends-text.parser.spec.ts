import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { isVelocityError } from '../errors/index.js';
import { broughtBackendProblem, parseBackendsText } from './backends-text.parser.js';

const read = (text: string) => parseBackendsText(Buffer.from(text), 'shop.yml');

function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (isVelocityError(error, 'CONFIG_INVALID')) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

it('reads short and long forms, in YAML and in JSON', () => {
  const expected = [
    { url: 'http://10.0.0.7:8080' },
    { url: 'http://10.0.0.8:8080', weight: 3, backup: true },
  ];
  expect(
    read('- http://10.0.0.7:8080\n- { url: "http://10.0.0.8:8080/", weight: 3, backup: true }\n'),
  ).toEqual(expected);
  expect(read(JSON.stringify(expected))).toEqual(expected);
  expect(read('[]')).toEqual([]);
});

it('reads the example of the documentation', () => {
  const name = 'config/shop-backends.yml';
  const example = readFileSync(path.resolve(import.meta.dirname, '../../..', name));
  expect(parseBackendsText(example, name)).toEqual([
    { url: 'http://127.0.0.1:9101' },
    { url: 'http://127.0.0.1:9102', weight: 3, maxInFlight: 50 },
    { url: 'http://127.0.0.1:9103', backup: true },
  ]);
});

it.each([
  ['- url: http://10.0.0.7\n- url: http://10.0.0.8\n  wieght: 3\n', 'shop.yml:3:3: [1].wieght: ', 'weight'],
  ['- url: ftp://10.0.0.7\n', 'shop.yml:1:8: [0].url: ', 'http'],
  ['- url: http://10.0.0.7\n  state: draining\n', 'shop.yml:2:3: [0].state: ', ''],
  ['- url: http://10.0.0.7\n  source: docker\n', 'shop.yml:2:3: [0].source: ', ''],
  ['- http://10.0.0.7\n- http://10.0.0.7:80\n', 'shop.yml:2:3: [1]: ', 'same server'],
  ['- url: [http://10.0.0.7\n', 'shop.yml:', ''],
  ['backends: []\n', 'shop.yml:1:1: ', 'list'],
  ['- ${SECRET}\n', 'shop.yml:1:3: [0]: ', ''],
  ['', 'shop.yml:1:1: is empty', '[]'],
])('refuses %j and says where', (text, place, word) => {
  const message = refusal(text);
  expect(message.startsWith(place), message).toBe(true);
  expect(message).toContain(word);
});

it('says what is wrong with a backend of another source', () => {
  expect(broughtBackendProblem({ url: 'http://10.0.0.7:8080', weight: 3 })).toBe('');
  expect(broughtBackendProblem({ url: 'http://10.0.0.7:8080', weight: -1 })).toContain('weight ');
  expect(broughtBackendProblem({ url: 'nowhere' })).toContain('url ');
});
