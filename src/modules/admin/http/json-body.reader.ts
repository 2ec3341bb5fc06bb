import type { IncomingMessage } from 'node:http';
import { checkShape } from './json-shape.js';
import { decodeUtf8, invalidBody, readBody } from './text-body.reader.js';

export const MAX_BODY_BYTES = 1024 * 1024;
export const JSON_TYPE = 'application/json';

/**
 * Reads the JSON body of a write, strictly: only `application/json` in UTF-8 without content coding, at most 1 MiB,
 * bytes that are no UTF-8 are refused instead of replaced, and so are depths and keys that no schema has.
 * Rejects with BODY_UNSUPPORTED, BODY_TOO_LARGE or REQUEST_INVALID.
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const { bytes } = await readBody(request, { types: [JSON_TYPE], maxBytes: MAX_BODY_BYTES });
  return jsonIn(bytes);
}

/** Throws REQUEST_INVALID for what is no JSON, or has depths or keys that no schema has. */
export function jsonIn(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') {
    throw invalidBody('The body is empty: send the resource as a JSON object.');
  }
  const body = parse(text);
  checkShape(body);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidBody(`The body is not valid JSON: ${reason}.`, error);
  }
}
