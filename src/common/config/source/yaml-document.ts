import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type ConfigIssue, type ConfigPath } from '../issues/config-issue.js';
import type { ConfigDocument, Position } from './config-document.js';
import type { Environment } from './environment.js';
import { YamlReader, type ReadProblem } from './yaml-reader.js';
import { bracketProblem, syntaxProblems } from './yaml-syntax.js';

/** Any text, by the full parser. */
export class YamlDocument implements ConfigDocument {
  readonly value: unknown;
  readonly problems: readonly (ReadProblem & Position)[];
  readonly wholePlaceholders: ReadonlySet<string>;
  private readonly lines = new LineCounter();
  private readonly root: Node | null;
  private readonly reader: YamlReader;
  private readonly pairs = new Map<YAMLMap, Map<string, Pair>>();

  constructor(text: string, environment: Environment) {
    this.reader = new YamlReader(environment);
    this.wholePlaceholders = this.reader.wholePlaceholders;
    const brackets = bracketProblem(text);
    const document = parseDocument(brackets === null ? text : commentedOut(text), {
      lineCounter: this.lines,
      // Duplicate keys are found by the reader: the library compares each key with each other one.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      resolveKnownTags: false,
    });
    this.root = document.contents;
    const syntax = brackets === null ? syntaxProblems(document, text) : [brackets];
    const value = syntax.length === 0 && this.root !== null ? this.reader.read(this.root) : undefined;
    this.value = this.reader.incomplete ? undefined : value;
    const problems = syntax.length === 0 ? this.reader.problems : syntax;
    this.problems = problems.map((problem) => ({ ...problem, ...this.positionAt(problem.offset) }));
  }

  locate({ path, atKey }: Pick<ConfigIssue, 'path' | 'atKey'>): Position {
    let node: Node | null = this.resolved(this.root);
    for (let depth = 0; depth < path.length; depth++) {
      const child = this.child(node, path[depth]!);
      if (child === null) break;
      const isLast = depth === path.length - 1;
      if (isPair(child) && (child.value === null || (isLast && atKey)))
        return this.startOf(child.key as Node);
      const next = isPair(child) ? (child.value as Node) : child;
      if (isLast) return this.startOf(next);
      node = this.resolved(next);
    }
    return this.startOf(node);
  }

  private child(node: Node | null, step: ConfigPath[number]): Pair | Node | null {
    if (isSeq(node) && typeof step === 'number') return (node.items[step] as Node | undefined) ?? null;
    if (!isMap(node)) return null;
    return this.pairsOf(node).get(String(step)) ?? null;
  }

  /** A map of thousands of keys, each with an issue, must not be searched from its start for each. */
  private pairsOf(node: YAMLMap): Map<string, Pair> {
    let pairs = this.pairs.get(node);
    if (pairs === undefined) {
      const named = node.items.filter((pair) => isScalar(pair.key));
      // The first of two equal keys is the one that counts, so it is entered last.
      pairs = new Map(named.toReversed().map((pair) => [String((pair.key as Scalar).value), pair]));
      this.pairs.set(node, pairs);
    }
    return pairs;
  }

  private resolved(node: Node | null): Node | null {
    return isAlias(node) ? (this.reader.targetOf(node) ?? node) : node;
  }

  private startOf(node: Node | null): Position {
    return this.positionAt(node?.range?.[0] ?? 0);
  }

  private positionAt(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** The same lines with nothing in them: cheap to parse, and its positions are those of the text. */
function commentedOut(text: string): string {
  return text.replaceAll(/[^\n]/g, '#');
}
