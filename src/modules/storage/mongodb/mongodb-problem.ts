import { mongo } from 'mongoose';
import { VelocityError } from '../../../common/errors/index.js';

/** Server codes that say our command was wrong: BadValue, FailedToParse, TypeMismatch, ConflictingUpdateOperators. */
const FAULT_CODES = new Set<number | string>([2, 9, 14, 40]);

/** Server codes with a cure that the message of the server does not name. */
const ADVICE = new Map<number | string, string>([
  [18, 'Check user name and password in storage.uri.'],
  [13, 'Give the user of storage.uri the role readWrite (and dbAdmin, for indexes) on the database.'],
  [8000, 'Check user name and password in storage.uri.'],
]);

/**
 * Turns what the driver throws into STORE_UNAVAILABLE. Errors of the driver are not kept as a cause: some carry the
 * connection string, and the application log prints causes.
 */
export class MongodbProblems {
  private readonly secrets: readonly string[];

  constructor(uri: string) {
    this.secrets = secretsOf(uri);
  }

  /** What was no error of the driver, or is our own mistake, comes back unchanged. */
  translate(error: unknown): unknown {
    if (isSystemError(error)) return new VelocityError('STORE_UNAVAILABLE', this.describe(error));
    if (!(error instanceof mongo.MongoError)) return error;
    if (error instanceof mongo.MongoServerError && FAULT_CODES.has(error.code ?? 0)) return error;
    return new VelocityError('STORE_UNAVAILABLE', this.describe(error));
  }

  /** Without credentials. */
  describe(error: unknown): string {
    const { code } = error as { readonly code?: number | string };
    const advice = ADVICE.get(code ?? '') ?? 'Velocity tries again by itself.';
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return `MongoDB cannot be used: ${this.redact(reason)}. ${advice}`;
  }

  private redact(text: string): string {
    let clean = text;
    for (const secret of this.secrets) clean = clean.replaceAll(secret, '***');
    return clean;
  }
}

/** Of a socket: the driver lets some through as they are when a connection ends in the middle of a command. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Longest first: the whole user part before the password that it contains. */
function secretsOf(uri: string): readonly string[] {
  const userinfo = /^[a-z+]+:\/\/(.*)@/i.exec(uri)?.[1];
  if (userinfo === undefined) return [];
  const password = userinfo.slice(userinfo.indexOf(':') + 1);
  const found = [uri, userinfo, password, decoded(password)];
  return [...new Set(found)].filter((secret) => secret.length >= 3);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
