import { configSchemaNode, type SchemaNode } from './schema-node.js';

/** What stands for a value until the file is loaded. */
const PLACEHOLDER: SchemaNode = { type: 'string', pattern: '\\$\\{' };

/** JSON Schema of the configuration file, for editors. Ends in a line feed. */
export function generateJsonSchema(): string {
  return `${JSON.stringify(forEditors(configSchemaNode()), null, 2)}\n`;
}

/** Without labels, which are no JSON Schema, and with `${NAME}` allowed wherever a value has a form. */
function forEditors(node: SchemaNode): SchemaNode {
  const { label: _label, ...plain } = node;
  const converted: SchemaNode = {
    ...plain,
    ...(plain.properties && { properties: mapValues(plain.properties, forEditors) }),
    ...(typeof plain.additionalProperties === 'object' && {
      additionalProperties: forEditors(plain.additionalProperties),
    }),
    // Names are never replaced.
    ...(plain.propertyNames && { propertyNames: { type: 'string' } }),
    ...(plain.items && { items: forEditors(plain.items) }),
    ...(plain.anyOf && { anyOf: plain.anyOf.map(forEditors) }),
    ...(plain.oneOf && { oneOf: plain.oneOf.map(forEditors) }),
  };
  return takesPlaceholder(converted) ? withPlaceholder(converted) : converted;
}

function takesPlaceholder(node: SchemaNode): boolean {
  const isFormless = node.type === 'string' && node.pattern === undefined && node.enum === undefined;
  const isScalar = ['string', 'number', 'integer', 'boolean'].includes(node.type ?? '');
  return isScalar && !isFormless && node.const === undefined;
}

function withPlaceholder(node: SchemaNode): SchemaNode {
  const { title, description, default: standard, examples, ...form } = node;
  const about = { title, description, default: standard, examples };
  return { ...definedOnly(about), anyOf: [form, PLACEHOLDER] };
}

function definedOnly(node: SchemaNode): SchemaNode {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
}

function mapValues<T>(object: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
