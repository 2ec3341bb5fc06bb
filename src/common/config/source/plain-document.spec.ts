import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ConfigPath } from '../issues/config-issue.js';
import { PlainDocument } from './plain-document.js';
import { mutated, RandomYaml } from '../../../../test/support/random-yaml.js';
import { YamlDocument } from './yaml-document.js';

const ENVIRONMENT = { PORT: '8123', NAME: 'edge', EMPTY: '' };
const CONFIGS = join(import.meta.dirname, '../../../../config');

/** Both readings of a text, or null when the plain one leaves it to the full parser. */
function bothOf(text: string): { plain: PlainDocument; full: YamlDocument } | null {
  const plain = PlainDocument.of(text, ENVIRONMENT);
  return plain === null ? null : { plain, full: new YamlDocument(text, ENVIRONMENT) };
}

/** Everything that the rest of the program sees of a document. */
function seen(document: PlainDocument | YamlDocument, paths: readonly ConfigPath[]) {
  return {
    value: document.value,
    problems: document.problems,
    whole: [...document.wholePlaceholders],
    places: paths.flatMap((path) => [
      document.locate({ path }),
      document.locate({ path, atKey: true }),
      document.locate({ path: [...path, 'absent'] }),
    ]),
  };
}

function pathsIn(value: unknown, base: ConfigPath = []): ConfigPath[] {
  if (typeof value !== 'object' || value === null) return [base];
  const steps: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [base, ...steps.flatMap(([step, child]) => pathsIn(child, [...base, step]))];
}

/** Whether the plain reading took the text; fails when the two differ. */
function agrees(text: string): boolean {
  const both = bothOf(text);
  if (both === null) return false;
  const paths = pathsIn(both.full.value);
  // Not by toStrictEqual, which takes a key `constructor` for the value's class.
  const isSame = isDeepStrictEqual(seen(both.plain, paths), seen(both.full, paths));
  expect(isSame, JSON.stringify(text)).toBe(true);
  return true;
}

describe('the plain reader agrees with the full parser or leaves the text to it', () => {
  it('on documents in every style that it takes', () => {
    const random = new RandomYaml(1);
    const texts = Array.from({ length: 400 }, () => random.document());
    expect(texts.filter(agrees).length).toBe(texts.length);
  });

  it('on mutations of them, of which many are wrong', () => {
    const random = new RandomYaml(2);
    const texts = Array.from({ length: 4_000 }, () => mutated(random.document(), random));
    const taken = texts.filter(agrees).length;
    expect(taken).toBeGreaterThan(400);
    expect(taken).toBeLessThan(3_600);
  });

  it.each(readdirSync(CONFIGS).filter((name) => /\.ya?ml$/.test(name)))('on config/%s', (name) =>
    expect(agrees(readFileSync(join(CONFIGS, name), 'utf8'))).toBe(true),
  );

  it('on JSON', () => {
    const value = { services: [{ name: 'a', backends: ['http://a.test:1', { url: 'x', weight: 0.5 }] }] };
    for (const space of [0, 2]) expect(agrees(JSON.stringify(value, null, space))).toBe(true);
  });
});

describe('the plain reader leaves to the full parser', () => {
  it.each([
    ['', 'nothing at all'],
    ['a: 1\na: 2\n', 'a key written twice'],
    ['{ a: 1, "a": 2 }', 'a key written twice in brackets'],
    ['a: &x 1\nb: *x\n', 'anchors'],
    ['a: !!str 1\n', 'tags'],
    ['a: 1\n<<: {}\n', 'merge keys'],
    ['a: |\n  b\n', 'block scalars'],
    ['a: >-\n  b\n', 'folded scalars'],
    ['%YAML 1.1\n---\na: 1\n', 'directives'],
    ['a: 1\n---\nb: 2\n', 'several documents'],
    ['a: "\\x41"\n', 'escapes'],
    ["a: 'it''s'\n", 'a doubled quote'],
    ['a: b\n  c\n', 'texts over several lines'],
    ['a: "b\n  c"\n', 'quoted texts over several lines'],
    ['a:\nb: 1\n', 'keys without value'],
    ['a: ~\n', 'null'],
    ['a: 0x10\n', 'hexadecimal numbers'],
    ['a: 0o17\n', 'octal numbers'],
    ['a: 012\n', 'leading zeros'],
    ['a: 1e3\n', 'exponents'],
    ['a: -0\n', 'minus zero'],
    ['a: 12345678901234567890\n', 'numbers that lose digits'],
    ['a: .inf\n', 'infinity'],
    ['a: True\n', 'other spellings of true'],
    ['true: 1\n', 'keys that are no text'],
    ['? a\n: 1\n', 'explicit keys'],
    ['__proto__: { a: 1 }\n', '__proto__'],
    ['a:\tb\n', 'tabs'],
    ['a: 1\r\n', 'carriage returns'],
    ['a: 1\n b: 2\n', 'entries that stand too far right'],
    ['a:\n    b: 1\n  c: 2\n', 'entries that stand nowhere'],
    ['a: [1,\n2]\n', 'brackets that go on too far left'],
    ['a: "b"# c\n', 'a comment without a space'],
    ['a: ${UNSET}\n', 'placeholders that cannot be replaced'],
    [`a: 1 # ${'['.repeat(300)}\n`, 'more brackets than are read'],
    [`${'[ '.repeat(20)}1${' ]'.repeat(20)}`, 'deep nesting'],
  ])('%j: %s', (text) => expect(PlainDocument.of(text, ENVIRONMENT)).toBeNull());

  it.each(['\n', '# \n', ' ', 'a: x ', '"', "'", '- ', '- 1\n', '[', '[1,', '{ a: '])(
    'or reads in time and memory that are bounded: a megabyte of %j',
    (piece) => expect(() => PlainDocument.of(piece.repeat(1_000_000 / piece.length), {})).not.toThrow(),
  );
});
