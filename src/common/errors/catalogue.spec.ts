import { expect, it } from 'vitest';
import { ERROR_CATALOGUE, RETIRED_ERROR_CODES } from './catalogue.js';

it('holds as many codes as were reviewed, none of them retired', () => {
  const codes = Object.keys(ERROR_CATALOGUE);
  expect(codes).toHaveLength(39);
  expect(codes.filter((code) => RETIRED_ERROR_CODES.includes(code))).toEqual([]);
  for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
});
