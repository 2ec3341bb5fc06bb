import { VelocityError } from '../../errors/index.js';

/** The text of a configuration's bytes. Throws CONFIG_UNREADABLE, naming the place, when they are not UTF-8. */
export function decodeConfigText(bytes: Uint8Array, fileName: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = validPrefixLength(bytes);
    const { line, column } = positionAfter(bytes.subarray(0, offset));
    const encoding = isUtf16(bytes)
      ? 'it looks like UTF-16'
      : `byte 0x${bytes[offset]?.toString(16) ?? '??'} does not belong there`;
    const message = `is not UTF-8 text (${encoding}): save the file as UTF-8`;
    const issue = { path: '', message, file: fileName, line, column };
    throw new VelocityError('CONFIG_UNREADABLE', `${fileName}:${line}:${column}: ${message}`, {
      issues: [issue],
      cause,
    });
  }
}

/** Bytes before the first one that cannot be UTF-8. */
function validPrefixLength(bytes: Uint8Array): number {
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const replacement = lossy.indexOf('\uFFFD');
  return Buffer.byteLength(replacement < 0 ? lossy : lossy.slice(0, replacement));
}

function positionAfter(bytes: Uint8Array): { line: number; column: number } {
  const before = Buffer.from(bytes).toString('utf8').split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
