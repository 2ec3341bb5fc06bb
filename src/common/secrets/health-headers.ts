import { CONCEALED, isSecretHeader } from './secret-names.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A value as those may see it who may not learn secrets: in whatever has `health.headers` (a service, the defaults, a
 * whole configuration, lists of these) values of headers that hold secrets are concealed. Shares what holds none.
 */
export function withoutHealthSecrets<T>(value: T): T {
  return concealed(value) as T;
}

function concealed(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(concealed);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isFields(value)) return value;
  let changed: Record<string, unknown> | null = null;
  for (const [key, field] of Object.entries(value)) {
    const shown = key === 'health' && isFields(field) ? concealedHealth(field) : concealed(field);
    if (shown === field) continue;
    changed ??= { ...value };
    changed[key] = shown;
  }
  return changed ?? value;
}

function concealedHealth(health: Fields): Fields {
  const { headers } = health;
  if (!isFields(headers) || !Object.keys(headers).some(isSecretHeader)) return health;
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    isSecretHeader(name) ? CONCEALED : value,
  ]);
  return { ...health, headers: Object.fromEntries(shown) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
