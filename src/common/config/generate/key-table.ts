import type { SchemaNode } from './schema-node.js';

/** A Markdown table of an object's keys; objects inside are written with a dot, unless they have a section of their own. */
export function keyTable(node: SchemaNode, ownSections: readonly string[]): string {
  const rows = rowsOf(node, '', ownSections);
  return ['| Key | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(node: SchemaNode, prefix: string, ownSections: readonly string[]): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const name = prefix + key;
    if (child.properties && !ownSections.includes(key)) return rowsOf(child, `${name}.`, ownSections);
    const isRequired = node.required?.includes(key) ?? false;
    return [row(name, child, isRequired)];
  });
}

function row(name: string, node: SchemaNode, isRequired: boolean): string {
  const standard = isRequired ? '**required**' : defaultText(node);
  const meaning = [node.description ?? '', examplesText(node)].filter((text) => text !== '').join(' ');
  return `| \`${name}\` | ${escaped(typeText(node))} | ${escaped(standard)} | ${escaped(meaning)} |`;
}

/** The type in words. */
export function typeText(node: SchemaNode): string {
  if (node.label !== undefined) return node.label;
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.items) return `list of: ${typeText(node.items)}`;
  if (node.type === 'boolean') return '`true`, `false`';
  if (node.type === 'string') return 'text';
  return node.type ?? 'object';
}

function defaultText(node: SchemaNode): string {
  return node.default === undefined ? '' : codeText(node.default);
}

function examplesText(node: SchemaNode): string {
  const examples = node.examples ?? [];
  return examples.length === 0 ? '' : `Example: ${examples.map(codeText).join(', ')}.`;
}

/** As it would be written in YAML, on one line. */
function codeText(value: unknown): string {
  return `\`${flowText(value)}\``;
}

function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${key}: ${flowText(item)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  const text = String(value);
  return /^\*|: |^$/.test(text) ? JSON.stringify(text) : text;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
