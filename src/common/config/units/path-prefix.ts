import { quoted } from './quoted.js';
/** What is wrong with a path prefix of a service; null when nothing is. Paths are matched raw, byte for byte. */
export function pathPrefixProblem(text: string): string | null {
  if (!text.startsWith('/')) return `${quoted(text)} must start with "/"`;
  if (/[?#]/.test(text)) return `${quoted(text)} must be a path alone, without "?" or "#"`;
  if (text.includes('*')) return `${quoted(text)} needs no "*": a path matches everything below it`;
  // RFC 3986 section 3.3 in the form that clients send: other characters arrive percent-encoded.
  if (!/^[\x21-\x7e]+$/.test(text))
    return `${quoted(text)} must be written as it is sent, percent-encoded: ${quoted(encodeURI(text.toWellFormed()))}`;
  return null;
}

/** What is wrong with the path and query of a probe; null when nothing is. */
export function probePathProblem(text: string): string | null {
  if (!text.startsWith('/')) return `${quoted(text)} must start with "/"`;
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('#')) {
    return `${quoted(text)} must be written as it is sent: percent-encoded and without "#"`;
  }
  return null;
}
