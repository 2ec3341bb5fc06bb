/*
 * Reading of values that may be anything: rules between keys look at whatever is well formed, so that their findings
 * are reported together with those of the schema.
 */

export type LooseObject = Readonly<Record<string, unknown>>;

export function looseObject(value: unknown): LooseObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LooseObject) : {};
}

export function looseList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The items that are texts, with their index. */
export function looseTexts(value: unknown): [number, string][] {
  return looseList(value).flatMap((item, index): [number, string][] =>
    typeof item === 'string' ? [[index, item]] : [],
  );
}
