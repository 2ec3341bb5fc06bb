import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { acceptHandles, isAcceptDoorOpen } from './accept-door.js';

it('is open in the Node that this project pins', async () => {
  expect(await isAcceptDoorOpen()).toBe(true);
});

it('says that it is closed where a server has no such handle', () => {
  // Not listening: there is no handle at all.
  expect(acceptHandles(createServer(), () => undefined)).toBe(false);
});
