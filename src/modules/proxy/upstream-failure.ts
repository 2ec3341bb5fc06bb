import type { AttemptFailure } from './exchange.js';

/** How far an attempt had got when its connection failed. */
export interface AttemptProgress {
  readonly isConnected: boolean;
  /** Whether the same request can be sent again: no byte of its body has been taken from the client. */
  readonly isRepeatable: boolean;
}

/** What an error of the upstream request means, as long as no response head has arrived. */
export function failureOf(error: unknown, progress: AttemptProgress): AttemptFailure {
  if (!progress.isConnected) return { outcome: 'connect_failed', retry: 'always' };
  if (isParserError(error)) return { outcome: 'bad_response', retry: 'never' };
  // The connection broke before the response: a backend that died, or that had closed the idle connection we reused.
  return { outcome: 'reset', retry: progress.isRepeatable ? 'idempotent' : 'never' };
}

/** llhttp's codes begin like this. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('HPE_');
}
