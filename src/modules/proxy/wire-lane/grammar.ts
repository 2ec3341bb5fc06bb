/*
 * Bytes by what RFC 9110 and 9112 allow them to be, as tables: one load per byte is what a strict parser costs.
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const BACKSLASH = 0x5c;

/** Not part of a token; anything else in {@link TOKEN} is. */
const NO_TOKEN = 0;
const TOKEN_CHARACTER = 1;
/** `_` is apart: many applications read `a_b` and `a-b` as one name. */
export const UNDERSCORE = 2;

/** Characters of a token (RFC 9110 section 5.6.2). */
export const TOKEN = table((code) => {
  if (code === 0x5f) return UNDERSCORE;
  return isAlphanumeric(code) || "!#$%&'*+-.^`|~".includes(String.fromCharCode(code))
    ? TOKEN_CHARACTER
    : NO_TOKEN;
});

/** Methods are upper case, digits and dashes here: what a backend might read as another method is none. */
export const METHOD = table((code) =>
  Number((code >= 0x41 && code <= 0x5a) || isDigit(code) || code === 0x2d),
);

/** Visible ASCII: what may stand in a request target (RFC 3986 leaves out some of it that browsers send). */
export const TARGET = table((code) => Number(code > SPACE && code < 0x7f));

/** Inside a field's value: visible characters, blank, tab, and bytes above ASCII (RFC 9110 section 5.5). */
export const VALUE = table((code) => Number(code === TAB || (code >= SPACE && code !== 0x7f)));

/** Value of a hexadecimal digit; 255: none. */
export const HEX = table((code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return code < 0x80 && digit >= 0 ? digit : 255;
});

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isAlphanumeric(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function table(valueOf: (code: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => valueOf(code));
}
