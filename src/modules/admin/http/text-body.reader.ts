import type { IncomingMessage } from 'node:http';
import { isVelocityError, VelocityError } from '../../../common/errors/index.js';

const MEBIBYTE = 1024 * 1024;
const TYPE = /^([a-z]+\/[a-z0-9.+-]+)\s*(?:;\s*charset=(?:"utf-8"|utf-8)\s*)?$/i;

export interface BodyLimits {
  /** Media types that are taken, in lower case. */
  readonly types: readonly string[];
  readonly maxBytes: number;
}

export interface TextBody {
  /** One of those that are taken. */
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Reads the body of a request, strictly: only such a media type, without content coding, at most so many bytes, not empty.
 * Rejects with BODY_UNSUPPORTED, BODY_TOO_LARGE or REQUEST_INVALID.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<TextBody> {
  const type = typeOf(request, limits.types);
  checkCoding(request);
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes);
  return { type, bytes: await collect(request, limits.maxBytes) };
}

/** Throws REQUEST_INVALID: bytes that are no UTF-8 are refused instead of replaced. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalidBody('The body is not UTF-8: save and send it in that encoding.', error);
  }
}

export function invalidBody(message: string, cause?: unknown): VelocityError {
  return new VelocityError('REQUEST_INVALID', message, { cause });
}

function typeOf(request: IncomingMessage, types: readonly string[]): string {
  const header = request.headers['content-type'] ?? '';
  const type = TYPE.exec(header)?.[1]?.toLowerCase() ?? '';
  if (types.includes(type)) return type;
  const sent = header === '' ? 'no Content-Type' : `Content-Type ${JSON.stringify(header.slice(0, 100))}`;
  throw new VelocityError(
    'BODY_UNSUPPORTED',
    `The request has ${sent}: send ${types.join(' or ')} in UTF-8.`,
  );
}

function checkCoding(request: IncomingMessage): void {
  const coding = request.headers['content-encoding'];
  if (coding === undefined || coding.toLowerCase() === 'identity') return;
  throw new VelocityError(
    'BODY_UNSUPPORTED',
    `The body has the content coding ${JSON.stringify(coding.slice(0, 100))}: send it uncompressed.`,
  );
}

async function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      pieces.push(piece);
    }
  } catch (error) {
    throw isVelocityError(error) ? error : invalidBody('The body broke off before its end.', error);
  }
  return Buffer.concat(pieces, bytes);
}

/** What is still on its way is discarded by Node until its request timeout: closing at once could reset the answer. */
function tooLarge(maxBytes: number): VelocityError {
  return new VelocityError(
    'BODY_TOO_LARGE',
    `The body is larger than ${maxBytes} bytes (${maxBytes / MEBIBYTE} MiB).`,
  );
}
