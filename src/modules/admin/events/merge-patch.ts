export type Json = string | number | boolean | readonly Json[] | JsonFields;
/** Without null, which stands in a patch for what is gone. */
export interface JsonFields {
  readonly [key: string]: Json;
}

/** What a patch says of a key: its value, what changed in it, or null: it is gone. */
export type Patch = Json | null | PatchFields;
export interface PatchFields {
  readonly [key: string]: Patch;
}

/** The JSON Merge Patch (RFC 7396) that makes `after` of `before`; null: they are the same. Lists count as one value. */
export function mergePatch(before: JsonFields, after: JsonFields): PatchFields | null {
  let patch: Record<string, Patch> | null = null;
  for (const key in after) {
    const now = after[key]!;
    const change = Object.hasOwn(before, key) ? changeOf(before[key]!, now) : now;
    if (change !== null) (patch ??= {})[key] = change;
  }
  for (const key in before) if (!Object.hasOwn(after, key)) (patch ??= {})[key] = null;
  return patch;
}

/** null: nothing changed. */
function changeOf(old: Json, now: Json): Patch {
  if (old === now) return null;
  if (isFields(old) && isFields(now)) return mergePatch(old, now);
  if (Array.isArray(old) && Array.isArray(now) && JSON.stringify(old) === JSON.stringify(now)) return null;
  return now;
}

function isFields(value: Json): value is JsonFields {
  return typeof value === 'object' && !Array.isArray(value);
}
