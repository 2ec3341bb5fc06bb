import { z } from 'zod';
import { configSchema } from '../schema.js';

/** The parts of JSON Schema that our own schemas become, with `label`: the type in words. */
export interface SchemaNode {
  readonly type?: string;
  readonly label?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** The whole configuration as JSON Schema (draft 7, which editors know best), labels included. */
export function configSchemaNode(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input', target: 'draft-07' }) as SchemaNode;
}
