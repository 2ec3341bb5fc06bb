/** What takes the place of a secret wherever something is shown. */
export const CONCEALED = '***';

/** Parts of a name, without anything but its letters and digits, that make its value a secret. */
const SECRET_PARTS =
  /token|secret|passw|passphrase|pwd|apikey|accesskey|auth(?!or)|credential|session|signature|jwt/;
/** Names that are secrets as a whole and mean something else as a part of another one. */
const SECRET_WORDS: ReadonlySet<string> = new Set(['key', 'sig', 'sid', 'pass', 'authorization']);

/** Whether a parameter of this name holds a secret, however it is written: `Access-Token`, `x_api_key`, `authorization`. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return SECRET_WORDS.has(plain) || SECRET_PARTS.test(plain) || plain.includes('authorization');
}

/** The same for a header, of which every `*key*` and cookie counts. */
export function isSecretHeader(name: string): boolean {
  return isSecretName(name) || /key|cookie/i.test(name);
}
