import { VelocityError } from '../../common/errors/index.js';

/** Query parameters as they came: texts, or lists of texts where one was repeated. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** Most items of a page. */
export const MAX_PAGE = 1_000;

/** undefined: the parameter is absent. Throws REQUEST_INVALID unless it is a whole number from 1 to `max`. */
export function wholeNumber(query: RawQuery, name: string, max: number): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  if (Array.isArray(text)) throw refusedParameter(name, 'is given more than once: give it once');
  const value = typeof text === 'string' && /^[0-9]{1,16}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw refusedParameter(name, `must be a whole number from 1 to ${max}`);
}

/** undefined: the parameter is absent. Throws REQUEST_INVALID when it is given more than once. */
export function textIn(query: RawQuery, name: string): string | undefined {
  const text = query[name];
  if (text === undefined || typeof text === 'string') return text;
  throw refusedParameter(name, 'is given more than once: give it once');
}

/** Throws REQUEST_INVALID when a parameter is none of these. */
export function refuseOthers(query: RawQuery, known: readonly string[]): void {
  const unknown = Object.keys(query).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw refusedParameter(unknown, `is not known here: only ${known.join(', ')} are`);
}

/** REQUEST_INVALID that names a query parameter. */
export function refusedParameter(name: string, message: string): VelocityError {
  return new VelocityError('REQUEST_INVALID', `The query parameter ${JSON.stringify(name)} ${message}.`, {
    issues: [{ path: name, message }],
  });
}
