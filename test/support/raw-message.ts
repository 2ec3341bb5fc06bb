import type { ByteStream } from './byte-stream.js';

/** A request or response as it was on the wire. */
export interface RawMessage {
  /** First line. */
  readonly line: string;
  /** In case and order of arrival. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Whole head as text, with the empty line. */
  readonly head: string;
}

/** All values of a header, in order, by case-insensitive name. */
export function valuesOf(message: Pick<RawMessage, 'headers'>, name: string): string[] {
  return message.headers
    .filter(([each]) => each.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

export function valueOf(message: Pick<RawMessage, 'headers'>, name: string): string | undefined {
  return valuesOf(message, name)[0];
}

export type BodyRule = 'none' | 'framed' | 'to-end';

/** Reads one message; `rule` says whether a body may follow and what ends one that has no framing of its own. */
export async function readMessage(
  stream: ByteStream,
  ruleFor: BodyRule | ((line: string) => BodyRule),
): Promise<RawMessage> {
  const head = await stream.takeThrough('\r\n\r\n');
  const [line = '', ...lines] = head.slice(0, -4).split('\r\n');
  const headers = lines.map(fieldOf);
  const framing = { headers };
  const rule = typeof ruleFor === 'function' ? ruleFor(line) : ruleFor;
  if (rule === 'none') return { line, headers, body: Buffer.alloc(0), trailers: [], head };
  if (valueOf(framing, 'transfer-encoding')?.toLowerCase() === 'chunked') {
    return { line, headers, head, ...(await readChunks(stream)) };
  }
  const length = valueOf(framing, 'content-length');
  let body = Buffer.alloc(0);
  if (length !== undefined) body = Buffer.from(await stream.takeBytes(Number(length)));
  else if (rule === 'to-end') body = Buffer.from(await stream.takeRest());
  return { line, headers, body, trailers: [], head };
}

async function readChunks(stream: ByteStream): Promise<Pick<RawMessage, 'body' | 'trailers'>> {
  const chunks: Buffer[] = [];
  for (;;) {
    const size = Number.parseInt(await stream.takeThrough('\r\n'), 16);
    if (size === 0) break;
    chunks.push(await stream.takeBytes(size));
    await stream.takeThrough('\r\n');
  }
  const trailers: (readonly [string, string])[] = [];
  for (
    let line = await stream.takeThrough('\r\n');
    line !== '\r\n';
    line = await stream.takeThrough('\r\n')
  ) {
    trailers.push(fieldOf(line.slice(0, -2)));
  }
  return { body: Buffer.concat(chunks), trailers };
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
