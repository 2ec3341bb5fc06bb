type Tree = string | { readonly [key: string]: Tree } | readonly Tree[];

const KEYS = [
  'name',
  'hosts',
  'backends',
  'url',
  'weight',
  'x-y',
  '_z',
  '"a b"',
  "'c:d'",
  'on',
  'y',
  'constructor',
];
/** Scalars as written. */
const SCALARS = [
  'a',
  'shop.localhost',
  'http://127.0.0.1:8080',
  '"http://[::1]:80"',
  "'*.shop.test'",
  '1',
  '0',
  '-5',
  '0.25',
  'true',
  'false',
  'off',
  'yes',
  '250ms',
  '1.5m',
  '10.0.0.0/8',
  '/path/to',
  '"# no comment"',
  '""',
  '"ü 漢 😀"',
  '2026-01-01',
  'a-b_c',
  '"${NAME}"',
  '"x ${PORT:-1} $${y}"',
  'two words',
  'a?b=c&d*e',
  'nullable',
  'truely',
  '1_000',
  '.5x',
  '--port',
  '--5',
];
/** Allowed outside of brackets only. */
const BLOCK_SCALARS = ['${NAME}', '${EMPTY:-5}', 'a, b [c] {d}', 'http://[::1]:80', '$x'];
const INSERTS = [
  ' ',
  '  ',
  '\n',
  '\n  ',
  ':',
  ': ',
  '- ',
  '-',
  ',',
  '#',
  ' # c',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!t ',
  '|',
  '>',
  '%',
  '@',
  '`',
  '~',
  'null',
  '<<: ',
  '---\n',
  '...',
  '\t',
  '\r',
  '?',
  '? ',
  '0x1',
  '1e3',
  '\\',
  '.',
  '+',
  '=',
  '\u00a0',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u0000',
  '${',
  '}',
  'a',
  '1',
  'key: ',
  '\n- ',
  '\nkey: 1',
];

/** Writes documents at random, the same ones for the same seed. */
export class RandomYaml {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number from 0 to `below` - 1. */
  next(below: number): number {
    // xorshift32
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % below;
  }

  one<T>(list: readonly T[]): T {
    return list[this.next(list.length)]!;
  }

  document(): string {
    const tree = this.tree(0);
    const start = this.one(['', '', '# first\n', '\n', '  # indented\n\n']);
    if (this.next(8) === 0) return `${start}${this.flow(tree, '\n')}${this.lineEnd()}`;
    return `${start}${this.block(tree, 0)}${this.one(['', '\n', '# last', '  '])}`;
  }

  private tree(depth: number): Tree {
    const size = 1 + this.next(3);
    const child = (): Tree => (depth < 3 && this.next(3) > 0 ? this.tree(depth + 1) : this.one(SCALARS));
    if (this.next(2) === 0) return Array.from({ length: size }, child);
    const keys = new Set(Array.from({ length: size }, () => this.one(KEYS)));
    return Object.fromEntries(Array.from(keys, (key) => [key, child()]));
  }

  /** Its lines, from the first one's indent on, with a line feed behind each. */
  private block(tree: Tree, indent: number): string {
    const pad = ' '.repeat(indent);
    if (Array.isArray(tree)) return tree.map((item: Tree) => `${pad}-${this.item(item, indent)}`).join('');
    return Object.entries(tree)
      .map(([key, value]) => `${pad}${key}:${this.below(value, indent, Array.isArray(value))}`)
      .join('');
  }

  private item(item: Tree, indent: number): string {
    if (typeof item === 'string' || Array.isArray(item) || this.next(3) === 0)
      return this.below(item, indent, false);
    const gap = 1 + this.next(3);
    // The first key stands behind the dash.
    return ' '.repeat(gap) + this.block(item, indent + 1 + gap).trimStart();
  }

  private below(value: Tree, indent: number, mayStay: boolean): string {
    if (typeof value === 'string') {
      const written = this.next(6) === 0 ? this.one(BLOCK_SCALARS) : value;
      return `${this.one([' ', '  '])}${written}${this.lineEnd()}`;
    }
    if (this.next(3) === 0) return ` ${this.flow(value, `\n${' '.repeat(indent + 1)}`)}${this.lineEnd()}`;
    const inner = indent + (mayStay && this.next(2) === 0 ? 0 : 1 + this.next(4));
    return `${this.lineEnd()}${this.block(value, inner)}`;
  }

  private flow(tree: Tree, lineBreak: string): string {
    if (typeof tree === 'string') return tree;
    const gap = () => (this.next(10) === 0 ? lineBreak : this.one(['', ' ', '  ']));
    const parts = Array.isArray(tree)
      ? tree.map((item: Tree) => this.flow(item, lineBreak))
      : Object.entries(tree).map(
          ([key, value]) => `${key}:${this.one([' ', '  '])}${this.flow(value, lineBreak)}`,
        );
    const [open, close] = Array.isArray(tree) ? '[]' : '{}';
    return `${open}${gap()}${parts.join(`${gap()},${gap()}`)}${gap()}${close}`;
  }

  private lineEnd(): string {
    return this.one(['\n', '\n', '\n', '  \n', ' # said: "so" [\n', '\n\n', '\n   # alone\n']);
  }
}

/** The text with one to three small changes. */
export function mutated(text: string, random: RandomYaml): string {
  let result = text;
  for (let changes = 1 + random.next(3); changes > 0; changes--) {
    const at = random.next(result.length + 1);
    const removed = random.one([0, 0, 0, 1, 2, 5]);
    const added = removed > 0 && random.next(2) === 0 ? '' : random.one(INSERTS);
    result = result.slice(0, at) + added + result.slice(at + removed);
  }
  return result;
}
