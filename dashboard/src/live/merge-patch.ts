type Fields = Readonly<Record<string, unknown>>;

/**
 * Applies a JSON Merge Patch (RFC 7396). What the patch does not name stays the same object, so whoever shows only that
 * need not look again.
 */
export function merged<State extends object>(state: State, patch: Fields): State {
  return mergedFields(state as Fields, patch) as State;
}

function mergedFields(state: Fields, patch: Fields): Fields {
  const after: Record<string, unknown> = { ...state };
  for (const key of Object.keys(patch)) {
    // No service or backend may be named so, and assigning it would change the object itself.
    if (key === '__proto__') continue;
    const change = patch[key];
    if (change === null) delete after[key];
    else if (isFields(change)) after[key] = mergedFields(isFields(after[key]) ? after[key] : {}, change);
    else after[key] = change;
  }
  return after;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
