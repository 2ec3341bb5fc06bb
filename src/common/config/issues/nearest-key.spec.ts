import { expect, it } from 'vitest';
import { nearestKey } from './nearest-key.js';

const KEYS = ['listeners', 'hosts', 'paths', 'backends', 'timeouts', 'slowStart', 'draining', 'url'];

it.each([
  ['listenres', 'listeners'],
  ['host', 'hosts'],
  ['slow_start', 'slowStart'],
  ['SLOWSTART', 'slowStart'],
  ['drain', 'draining'],
  ['backedns', 'backends'],
  ['ulr', 'url'],
])('%s was probably meant to be %s', (text, nearest) => expect(nearestKey(text, KEYS)).toBe(nearest));

it.each(['frontend', 'x', '', 'toString', '__proto__', 'h'.repeat(100_000)])('%s is near nothing', (text) =>
  expect(nearestKey(text, KEYS)).toBeNull(),
);
