import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTokenFile } from './token.file.js';

let directory: string;
let path: string;
let notices: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'velocity-token-'));
  path = join(directory, 'data', 'admin.token');
  notices = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = () => openTokenFile(path, (message) => notices.push(message));
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

it('makes a token of 32 random bytes that only its owner can read', () => {
  const { value } = open();
  expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(readFileSync(path, 'utf8')).toBe(`${value}\n`);
  expect(modeOf(path)).toBe('600');
  expect(modeOf(join(directory, 'data'))).toBe('700');
  expect(notices).toEqual([]);
});

it('makes another one each time, and reads the one that is there', () => {
  const first = open().value;
  expect(open().value).toBe(first);
  rmSync(path);
  expect(open().value).not.toBe(first);
});

it('takes a token that somebody chose, with or without a line feed', () => {
  mkdirSync(join(directory, 'data'));
  writeFileSync(path, 'chosen-by-the-operator-0123456789', { mode: 0o600 });
  const token = open();
  expect(token.value).toBe('chosen-by-the-operator-0123456789');
  expect(token.matches('chosen-by-the-operator-0123456789')).toBe(true);
  expect(token.matches('chosen-by-the-operator-012345678')).toBe(false);
  expect(token.matches('')).toBe(false);
});

it('tightens a file that others could read, and says so', () => {
  open();
  chmodSync(path, 0o644);
  open();
  expect(modeOf(path)).toBe('600');
  expect(notices).toEqual([
    `The admin token file ${path} could be read by others (mode 0644); it is 0600 now. Remove the file and start again if somebody may have read it.`,
  ]);
});

it.each([
  ['', 'is empty: remove it, and the next start makes a new token.'],
  ['\n \n', 'is empty: remove it, and the next start makes a new token.'],
  ['short', 'holds no token'],
  [`${'a'.repeat(32)}\n${'b'.repeat(32)}`, 'holds no token'],
  ['\0'.repeat(64), 'holds no token'],
  ['x'.repeat(5_000), 'holds no token'],
])('refuses a file with %j and says what to do', (text, message) => {
  mkdirSync(join(directory, 'data'));
  writeFileSync(path, text);
  expect(open).toThrow(expect.objectContaining({ code: 'TOKEN_UNUSABLE' }));
  expect(open).toThrow(`The admin token file ${path} ${message}`);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('refuses a directory in its place', () => {
  mkdirSync(path, { recursive: true });
  expect(open).toThrow(expect.objectContaining({ code: 'TOKEN_UNUSABLE' }));
  expect(open).toThrow('cannot be made (EEXIST)');
});

it('refuses a place where no file can be', () => {
  writeFileSync(join(directory, 'data'), 'a file');
  expect(open).toThrow(expect.objectContaining({ code: 'TOKEN_UNUSABLE' }));
  expect(open).toThrow(/set admin\.tokenFile/);
});
