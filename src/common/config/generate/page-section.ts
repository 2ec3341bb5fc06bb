import type { SchemaNode } from './schema-node.js';

/** One section of the reference page: the keys of one object, with an example that is a whole valid file. */
export interface PageSection {
  readonly heading: string;
  readonly text: string;
  readonly node: (root: SchemaNode) => SchemaNode;
  /** Keys whose objects have a section of their own; those of others are written with a dot. */
  readonly elsewhere?: readonly string[];
  readonly example?: string;
}

export const property = (key: string) => (root: SchemaNode) => root.properties![key]!;
export const propertyIn = (node: SchemaNode, key: string) => node.properties![key]!;
export const service = (root: SchemaNode) => root.properties!['services']!.items!;
export const ofService = (key: string) => (root: SchemaNode) => service(root).properties![key]!;
export const objectOf = (node: SchemaNode) =>
  node.anyOf!.find((alternative) => alternative.properties !== undefined)!;
