import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ConfigPath } from '../issues/config-issue.js';
import type { Environment } from './environment.js';
import { hasPlaceholder, substitute } from './substitution.js';

/** Values that aliases may expand to together: a file of 10,000 backends has about 50,000 values. */
const MAX_ALIASED_VALUES = 200_000;
const MAX_DEPTH = 32;

export interface ReadProblem {
  readonly path: ConfigPath;
  /** Characters from the start of the text. */
  readonly offset: number;
  readonly message: string;
}

/**
 * Turns YAML nodes into plain data: replaces placeholders, expands aliases within bounds, refuses duplicate keys.
 * Each alias becomes a copy of its own, so nothing in the result is shared.
 */
export class YamlReader {
  readonly problems: ReadProblem[] = [];
  readonly wholePlaceholders = new Set<string>();
  /** Whether parts were left out, so that the rest says nothing about the whole. */
  incomplete = false;
  private readonly anchors = new Map<string, Node>();
  private readonly targets = new Map<Alias, Node>();
  /** Anchored nodes that are being read: an alias to one of them would never end. */
  private readonly open = new Set<Node>();
  private readonly path: (string | number)[] = [];
  private aliasDepth = 0;
  private aliasedValues = 0;

  constructor(private readonly environment: Environment) {}

  /** The plain data of the document's root. */
  read(root: Node): unknown {
    return this.value(root);
  }

  /** The node that an alias stands for, once it was read. */
  targetOf(alias: Alias): Node | undefined {
    return this.targets.get(alias);
  }

  private value(node: unknown): unknown {
    if (this.aliasDepth > 0 && ++this.aliasedValues > MAX_ALIASED_VALUES) return null;
    if (isAlias(node)) return this.aliased(node);
    if (isScalar(node)) return this.scalar(node as Node & { value: unknown });
    if (!isMap(node) && !isSeq(node)) return null;
    if (this.path.length >= MAX_DEPTH) {
      this.incomplete = true;
      return this.refuse(node, `is nested too deeply: at most ${MAX_DEPTH} levels`);
    }
    if (node.anchor !== undefined && this.aliasDepth === 0) this.anchors.set(node.anchor, node);
    this.open.add(node);
    const value = isMap(node) ? this.object(node) : this.list(node);
    this.open.delete(node);
    return value;
  }

  private aliased(alias: Alias): unknown {
    const target = this.targets.get(alias) ?? this.anchors.get(alias.source);
    if (target === undefined)
      return this.refuse(alias, `uses the alias *${alias.source}, but no &${alias.source} stands before it`);
    this.targets.set(alias, target);
    if (this.open.has(target))
      return this.refuse(alias, `uses the alias *${alias.source} inside of &${alias.source} itself`);
    this.aliasDepth++;
    const value = this.value(target);
    this.aliasDepth--;
    if (this.aliasedValues > MAX_ALIASED_VALUES && this.aliasDepth === 0 && !this.incomplete) {
      this.incomplete = true;
      this.refuse(
        alias,
        `makes the aliases expand to more than ${MAX_ALIASED_VALUES} values: write the values out, or use \`defaults\``,
      );
    }
    return value;
  }

  private scalar(node: Node & { value: unknown }): unknown {
    const { value } = node;
    const { anchor } = node as { anchor?: string };
    if (anchor !== undefined && this.aliasDepth === 0) this.anchors.set(anchor, node);
    if (typeof value === 'bigint') return Number(value);
    if (typeof value !== 'string' || !hasPlaceholder(value)) return value;
    const { text, whole, problems } = substitute(value, this.environment);
    for (const problem of problems) this.refuse(node, problem);
    if (whole) this.wholePlaceholders.add(JSON.stringify(this.path));
    return text;
  }

  private list(node: YAMLSeq): unknown[] {
    return node.items.map((item, index) => this.within(index, item));
  }

  private object(node: YAMLMap): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      const name = this.keyName(key as Node, node);
      if (name === null) continue;
      if (Object.hasOwn(object, name)) {
        this.refuse(key as Node, 'is written twice in the same object: remove one of them', [
          ...this.path,
          name,
        ]);
        continue;
      }
      // Not by assignment: `__proto__` must become a key like any other, for the schema to refuse.
      const plain = { value: this.within(name, value), enumerable: true, writable: true, configurable: true };
      Object.defineProperty(object, name, plain);
    }
    return object;
  }

  private keyName(key: Node, parent: Node): string | null {
    if (isScalar(key) && key.value !== null && typeof key.value !== 'object') return String(key.value);
    this.refuse(
      isScalar(key) || key === null ? parent : key,
      'has a key that is no text: write a name before the colon',
    );
    return null;
  }

  private within(step: string | number, node: unknown): unknown {
    this.path.push(step);
    const value = this.value(node);
    this.path.pop();
    return value;
  }

  private refuse(node: Node, message: string, path: ConfigPath = [...this.path]): null {
    this.problems.push({ path, offset: node.range?.[0] ?? 0, message });
    return null;
  }
}
