/** Characters of `uri-host [ ":" port ]` (RFC 3986 section 3.2): letters, digits, `-._~`, sub-delims, `%`, `:`, `[`, `]`. */
const ALLOWED = allowed("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=%:[]");

/**
 * Whether a value can be a `Host`. A comma is excluded although a registered name may hold one: it is how two hosts
 * look when somebody joined them, and hosts with commas are not in use.
 */
export function isValidHost(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code > 127 || ALLOWED[code] === 0) return false;
  }
  return true;
}

/** How often `Host` occurs: a request with more than one is refused (RFC 9112 section 3.2). */
export function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

function allowed(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1;
  return table;
}
