import type { Environment } from './environment.js';
import { PLAIN } from './plain-tokens.js';
import { hasPlaceholder, substitute } from './substitution.js';

/** Deeper ones are left to the full parser, which has a bound of its own. */
const MAX_DEPTH = 16;

/** Where a key and its value begin, in characters from the start of the text; an item of a list has no key but itself. */
export interface PlainPlace {
  readonly key: number;
  readonly value: number;
}

/** Thrown where the text is left to the full parser. It is no error, and nobody outside of this file sees it. */
const DECLINED = Symbol('declined');

/**
 * Reads the part of YAML in which nearly every configuration is written: block mappings and sequences, flow collections,
 * scalars on one line, comments. Of a text that has anything else (anchors, tags, escapes, block scalars, several
 * documents, numbers in unusual notation), and of one that is wrong, it reads nothing: that is for the full parser,
 * whose every answer this one shares. 10,000 backends take 40 ms in a fresh process, with the full parser 780.
 *
 * `places`, when given, is filled with where everything stands, by path as JSON text.
 */
export class PlainReader {
  readonly wholePlaceholders = new Set<string>();
  /** Where reading has come to. Between two entries of a block it is the first character of the next one. */
  private at = 0;
  /** Spaces in front of the next entry of a block; -1: the text ends. */
  private indent = 0;
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly environment: Environment,
    private readonly places: Map<string, PlainPlace> | null = null,
  ) {}

  /** The plain data; undefined: the full parser must look. */
  read(): unknown {
    if (PLAIN.unusual.test(this.text)) return undefined;
    try {
      return this.root();
    } catch (error) {
      if (error === DECLINED) return undefined;
      throw error;
    }
  }

  private root(): unknown {
    this.nextEntry();
    this.mark(this.at, this.at);
    const isFlow = this.isAt('{') || this.isAt('[');
    const value = isFlow ? this.flowValue(-1) : this.block(0);
    if (isFlow) this.endLine();
    if (this.indent !== -1) throw DECLINED;
    return value;
  }

  /** A mapping or sequence whose first entry is next and must stand at `indent`. */
  private block(indent: number): unknown {
    if (this.indent !== indent || this.path.length >= MAX_DEPTH) throw DECLINED;
    return this.isAtDash() ? this.sequence(indent) : this.mapping(indent);
  }

  private mapping(indent: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    do {
      const keyAt = this.at;
      const name = this.newKey(object, PLAIN.key, PLAIN.quotedKey);
      this.path.push(name);
      object[name] = this.mappedValue(indent, keyAt);
      this.path.pop();
    } while (this.indent === indent);
    if (this.indent > indent) throw DECLINED;
    return object;
  }

  private mappedValue(indent: number, keyAt: number): unknown {
    this.skip(PLAIN.spaces);
    if (!this.isAtLineEnd()) {
      this.mark(keyAt, this.at);
      return this.lineValue(indent);
    }
    this.nextEntry();
    this.mark(keyAt, this.at);
    if (this.indent > indent) return this.block(this.indent);
    // A sequence may stand as far left as the key that it belongs to. What else is here: a key without value.
    if (this.indent === indent && this.isAtDash()) return this.block(indent);
    throw DECLINED;
  }

  private sequence(indent: number): unknown[] {
    const list: unknown[] = [];
    do {
      this.path.push(list.length);
      list.push(this.item(indent));
      this.path.pop();
    } while (this.indent === indent && this.isAtDash());
    if (this.indent > indent) throw DECLINED;
    return list;
  }

  private item(indent: number): unknown {
    const dash = this.at++;
    this.skip(PLAIN.spaces);
    if (this.isAtLineEnd()) {
      this.nextEntry();
      this.mark(this.at, this.at);
      if (this.indent <= indent) throw DECLINED;
      return this.block(this.indent);
    }
    this.mark(this.at, this.at);
    if (this.isAtDash()) throw DECLINED;
    if (!this.sees(PLAIN.key) && !this.sees(PLAIN.quotedKey)) return this.lineValue(indent);
    // The first key of a mapping, right behind the dash: the others stand below it.
    this.indent = indent + this.at - dash;
    return this.block(this.indent);
  }

  /** A value that begins on this line, which it ends. */
  private lineValue(indent: number): unknown {
    const value = this.value(indent, PLAIN.blockScalar);
    this.endLine();
    return value;
  }

  private flowValue(indent: number): unknown {
    return this.value(indent, PLAIN.flowScalar);
  }

  private value(indent: number, plainScalar: RegExp): unknown {
    const start = this.at;
    if (this.isAt('{')) return this.flowObject(indent);
    if (this.isAt('[')) return this.flowList(indent);
    if (this.skip(PLAIN.quoted)) return this.replaced(this.text.slice(start + 1, this.at - 1));
    if (!this.skip(plainScalar)) throw DECLINED;
    return this.scalar(this.text.slice(start, this.at));
  }

  private flowObject(indent: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (let isMore = this.opens('}', indent); isMore; isMore = this.continues('}', indent)) {
      const keyAt = this.at;
      const name = this.newKey(object, PLAIN.flowKey, PLAIN.quotedFlowKey);
      this.gap(indent);
      this.path.push(name);
      this.mark(keyAt, this.at);
      object[name] = this.flowValue(indent);
      this.path.pop();
    }
    return object;
  }

  private flowList(indent: number): unknown[] {
    const list: unknown[] = [];
    for (let isMore = this.opens(']', indent); isMore; isMore = this.continues(']', indent)) {
      this.path.push(list.length);
      this.mark(this.at, this.at);
      list.push(this.flowValue(indent));
      this.path.pop();
    }
    return list;
  }

  /** Goes behind the opening bracket. Returns whether something is in front of the closing one, which is passed. */
  private opens(bracket: string, indent: number): boolean {
    if (this.path.length >= MAX_DEPTH) throw DECLINED;
    this.at++;
    this.gap(indent);
    if (!this.isAt(bracket)) return true;
    this.at++;
    return false;
  }

  /** Goes behind the comma, or behind the closing bracket. Returns whether there was a comma. */
  private continues(bracket: string, indent: number): boolean {
    this.gap(indent);
    const isComma = this.isAt(',');
    if (!isComma && !this.isAt(bracket)) throw DECLINED;
    this.at++;
    if (isComma) this.gap(indent);
    return isComma;
  }

  /** Space and line breaks within brackets; lines must stand further right than what the brackets belong to. */
  private gap(indent: number): void {
    this.skip(PLAIN.spaces);
    while (this.isAt('\n')) {
      const lineStart = ++this.at;
      this.skip(PLAIN.spaces);
      if (!this.isAt('\n') && this.at - lineStart <= indent) throw DECLINED;
    }
  }

  /** The key that stands here, with its colon. */
  private newKey(object: object, plain: RegExp, quoted: RegExp): string {
    const start = this.at;
    let name: string;
    if (this.skip(plain)) name = this.text.slice(start, this.at);
    else if (this.skip(quoted)) name = this.text.slice(start + 1, this.at - 1);
    else throw DECLINED;
    if (PLAIN.reservedKey.test(name) || Object.hasOwn(object, name)) throw DECLINED;
    this.at++;
    return name;
  }

  private scalar(text: string): unknown {
    if (text === 'true' || text === 'false') return text === 'true';
    if (PLAIN.commonNumber.test(text)) return Number(text);
    if (PLAIN.otherThanText.test(text)) throw DECLINED;
    return this.replaced(text);
  }

  private replaced(value: string): string {
    if (!hasPlaceholder(value)) return value;
    const { text, whole, problems } = substitute(value, this.environment);
    if (problems.length > 0) throw DECLINED;
    if (whole) this.wholePlaceholders.add(JSON.stringify(this.path));
    return text;
  }

  /** Past the rest of the line, on which only a comment may stand, to the next entry. */
  private endLine(): void {
    if (!this.skip(PLAIN.lineEnd)) throw DECLINED;
    this.nextEntry();
  }

  private nextEntry(): void {
    while (this.skip(PLAIN.emptyLine));
    this.skip(PLAIN.indent);
    const lineStart = this.text.lastIndexOf('\n', this.at - 1) + 1;
    this.indent = this.at === this.text.length ? -1 : this.at - lineStart;
  }

  private isAtLineEnd(): boolean {
    return this.at === this.text.length || this.isAt('\n') || this.isAt('#');
  }

  private isAtDash(): boolean {
    return this.sees(PLAIN.dash);
  }

  private isAt(character: string): boolean {
    return this.text[this.at] === character;
  }

  private sees(token: RegExp): boolean {
    token.lastIndex = this.at;
    return token.test(this.text);
  }

  private skip(token: RegExp): boolean {
    if (!this.sees(token)) return false;
    this.at = token.lastIndex;
    return true;
  }

  private mark(key: number, value: number): void {
    this.places?.set(JSON.stringify(this.path), { key, value });
  }
}
