import { CONCEALED, isSecretHeader, isSecretName } from './secret-names.js';

type Fields = Readonly<Record<string, unknown>>;

/** Which values are concealed, by their names. */
interface Concealment {
  /** Of a header of health checks. */
  readonly header: (name: string) => boolean;
  /** Of a variable that copies are started with. */
  readonly variable: (name: string) => boolean;
}

const TELLING: Concealment = { header: isSecretHeader, variable: isSecretName };
const ALL: Concealment = { header: () => true, variable: () => true };

/**
 * A value as those may see it who may not learn secrets: in whatever has `health` or `scaling` (a service, the defaults, a
 * whole configuration, lists of these) values of headers and variables that hold secrets, and secrets of webhooks, are
 * concealed. Shares what holds none.
 */
export function withoutServiceSecrets<T>(value: T): T {
  return concealed(value, TELLING) as T;
}

/** The same with the values of all headers and variables concealed: for texts that many read, and that are kept. */
export function withoutServiceValues<T>(value: T): T {
  return concealed(value, ALL) as T;
}

function concealed(value: unknown, rule: Concealment): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => concealed(item, rule));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  return isFields(value) ? mapped(value, (key, field) => concealedField(key, field, rule)) : value;
}

function concealedField(key: string, field: unknown, rule: Concealment): unknown {
  if (!isFields(field)) return concealed(field, rule);
  if (key === 'health') {
    return mapped(field, (inner, value) => (inner === 'headers' ? values(value, rule.header) : value));
  }
  if (key !== 'scaling') return concealed(field, rule);
  return mapped(field, (_, driver) => (isFields(driver) ? concealedDriver(driver, rule) : driver));
}

/** As written, below its name, or as it runs, below `source`. */
function concealedDriver(driver: Fields, rule: Concealment): Fields {
  return mapped(driver, (key, value) => {
    if (key === 'env') return values(value, rule.variable);
    return key === 'secret' ? CONCEALED : value;
  });
}

function values(fields: unknown, isHidden: (name: string) => boolean): unknown {
  if (!isFields(fields)) return fields;
  return mapped(fields, (name, value) => (isHidden(name) ? CONCEALED : value));
}

/** The same object where nothing changed. */
function mapped(fields: Fields, map: (key: string, value: unknown) => unknown): Fields {
  let changed: Record<string, unknown> | null = null;
  for (const [key, value] of Object.entries(fields)) {
    const shown = map(key, value);
    if (shown === value) continue;
    changed ??= { ...fields };
    changed[key] = shown;
  }
  return changed ?? fields;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
