const COLON = 0x3a;
const DOT = 0x2e;
const BRACKET = 0x5b;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;

/**
 * The host that routing and the access log use, from a raw Host header: lower case, without port and without the
 * dot of an absolute name. An IPv6 literal keeps its brackets and is compared as text, in the form that
 * clients send (RFC 5952). Does not judge: a lane has refused a header that is no host before it asks.
 * A header that is already in this form, the usual case, is returned as it is, without an allocation.
 */
export function normalizeHost(raw: string): string {
  const end = hostEnd(raw);
  for (let index = 0; index < end; index++) {
    const code = raw.charCodeAt(index);
    if (code >= UPPER_A && code <= UPPER_Z) return raw.slice(0, end).toLowerCase();
  }
  return end === raw.length ? raw : raw.slice(0, end);
}

function hostEnd(raw: string): number {
  if (raw.charCodeAt(0) === BRACKET) {
    const close = raw.indexOf(']');
    return close < 0 ? raw.length : close + 1;
  }
  let end = 0;
  while (end < raw.length && raw.charCodeAt(end) !== COLON) end++;
  return end > 1 && raw.charCodeAt(end - 1) === DOT ? end - 1 : end;
}
