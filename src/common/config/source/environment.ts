/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process; the only place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Goes with texts that others send: their placeholders are refused, because nobody may read our environment by them. */
export const CLOSED_ENVIRONMENT: Environment = Object.freeze({});
