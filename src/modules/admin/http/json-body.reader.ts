import type { IncomingMessage } from 'node:http';
import { isVelocityError, VelocityError } from '../../../common/errors/index.js';
import { checkShape } from './json-shape.js';

export const MAX_BODY_BYTES = 1024 * 1024;
const MEDIA_TYPE = /^application\/json\s*(?:;\s*charset=(?:"utf-8"|utf-8)\s*)?$/i;

/**
 * Reads the JSON body of a write, strictly: only `application/json` in UTF-8 without content coding, at most 1 MiB,
 * bytes that are no UTF-8 are refused instead of replaced, and so are depths and keys that no schema has.
 * Rejects with BODY_UNSUPPORTED, BODY_TOO_LARGE or REQUEST_INVALID.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  checkHead(request);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const text = decode(await collect(request));
  if (text.trim() === '') {
    throw invalid('The body is empty: send the resource as a JSON object.');
  }
  const body = parse(text);
  checkShape(body);
  return body;
}

function checkHead(request: IncomingMessage): void {
  const type = request.headers['content-type'] ?? '';
  if (!MEDIA_TYPE.test(type)) {
    const sent = type === '' ? 'no Content-Type' : `Content-Type ${JSON.stringify(type.slice(0, 100))}`;
    throw new VelocityError('BODY_UNSUPPORTED', `The request has ${sent}: send application/json in UTF-8.`);
  }
  const coding = request.headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw new VelocityError(
      'BODY_UNSUPPORTED',
      `The body has the content coding ${JSON.stringify(coding.slice(0, 100))}: send it uncompressed.`,
    );
  }
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES) throw tooLarge();
      pieces.push(piece);
    }
  } catch (error) {
    throw isVelocityError(error) ? error : invalid('The body broke off before its end.', error);
  }
  return Buffer.concat(pieces, bytes);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw invalid('The body is not UTF-8: save and send it in that encoding.', error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(`The body is not valid JSON: ${reason}.`, error);
  }
}

/** What is still on its way is discarded by Node until its request timeout: closing at once could reset the answer. */
function tooLarge(): VelocityError {
  return new VelocityError('BODY_TOO_LARGE', `The body is larger than ${MAX_BODY_BYTES} bytes (1 MiB).`);
}

function invalid(message: string, cause?: unknown): VelocityError {
  return new VelocityError('REQUEST_INVALID', message, { cause });
}
