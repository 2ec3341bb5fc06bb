import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BODY_SCHEMAS, RESPONSE_SCHEMAS } from './schemas.js';

type JsonSchema = Record<string, unknown>;

/** What such a body leaves out stays as it is: the defaults of a whole resource would say otherwise. */
const PARTIAL: readonly string[] = ['BackendPatch'];

/** The named schemas of the document, made from the zod schemas that check the bodies: there is no second truth. */
export function schemaComponents(): Record<string, JsonSchema> {
  const components: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(BODY_SCHEMAS)) add(components, name, schema, 'input');
  for (const [name, schema] of Object.entries(RESPONSE_SCHEMAS)) add(components, name, schema, 'output');
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function add(
  components: Record<string, JsonSchema>,
  name: string,
  schema: z.ZodType,
  io: 'input' | 'output',
): void {
  const override = PARTIAL.includes(name) ? tidyPartial : tidy;
  const { $schema: _, $defs = {}, ...own } = z.toJSONSchema(schema, { io, override });
  for (const [shared, definition] of Object.entries($defs)) define(components, shared, definition);
  // A schema that carries its name itself comes as a reference to its own definition, which is there already.
  if (!('$ref' in own)) define(components, name, own);
}

/** Throws when two schemas that differ have one name: only one of them would be described. */
function define(components: Record<string, JsonSchema>, name: string, schema: object): void {
  const component = asComponent(schema);
  const known = (components[name] ??= component);
  if (!isDeepStrictEqual(known, component)) throw new Error(`two schemas have the name ${name}`);
}

/** Keys that mean something to us only. Integers need no bounds that every JSON number has. */
function tidy({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  delete jsonSchema['label'];
  delete jsonSchema['id'];
  delete jsonSchema['title'];
  if (jsonSchema['minimum'] === Number.MIN_SAFE_INTEGER) delete jsonSchema['minimum'];
  if (jsonSchema['maximum'] === Number.MAX_SAFE_INTEGER) delete jsonSchema['maximum'];
}

function tidyPartial(context: { jsonSchema: JsonSchema }): void {
  tidy(context);
  delete context.jsonSchema['default'];
}

/** References point into the document instead of the schema. */
function asComponent(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
