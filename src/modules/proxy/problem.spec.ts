import { STATUS_CODES } from 'node:http';
import { expect, it } from 'vitest';
import { STATUS_TEXTS } from './problem.js';

it('calls each status what Node calls it', () => {
  for (const [status, text] of Object.entries(STATUS_TEXTS)) {
    // 499 is nginx's.
    expect([status, text]).toEqual([status, STATUS_CODES[status] ?? 'Client Closed Request']);
  }
});
