/*
 * What the plain reader takes, narrower than YAML on purpose: whatever YAML could read in another way is left out.
 * Those with `y` are matched where reading has come to.
 */
export const PLAIN = {
  /** Tabs, carriage returns and other characters that YAML or its parsers treat in a way of their own. */
  unusual: /[^\n -~\u00a1-\u2027\u202a-\ufefe\uff00-\uffff]/,
  spaces: / */y,
  /** A line without anything, or with a comment only. */
  emptyLine: / *(?:#[^\n]*)?\n/y,
  /** A comment on the last line, or the indent of the next entry. */
  indent: / *(?:#[^\n]*$)?/y,
  /** Behind a value. A comment needs a space in front. */
  lineEnd: /(?: +#[^\n]*| *)(?=\n|$)/y,
  dash: /-(?=[ \n]|$)/y,
  /** At most 100 characters: YAML bounds a key at 1024. */
  key: /[A-Za-z_][\w-]{0,99}(?=:[ \n]|:$)/y,
  quotedKey: /(?:"[^"\\\n]{0,100}"|'[^'\n]{0,100}')(?=:[ \n]|:$)/y,
  flowKey: /[A-Za-z_][\w-]{0,99}(?=: )/y,
  /** JSON writes nothing behind the colon. */
  quotedFlowKey: /(?:"[^"\\\n]{0,100}"|'[^'\n]{0,100}')(?=:)/y,
  /** Keys that YAML takes for another type, and the one that is special in JavaScript. */
  reservedKey: /^(?:null|true|false|__proto__)$/i,
  /** Without escapes; `''` in single quotes is found by what follows. */
  quoted: /"[^"\\\n]*"|'[^'\n]*'/y,
  /**
   * A colon and a space inside must be followed by something, a space not by a comment. Bounded, because each
   * repetition of an alternative takes from the stack of the regular expression.
   */
  blockScalar:
    /(?:[\w/$]|(?:\.|--?)(?=[\w/]))(?:[\w./${}[\]@%+=~*?&(),;-]|:(?=[^ \n])| +(?=[^ \n#])){0,1000}/y,
  flowScalar: /(?:[\w/]|(?:\.|--?)(?=[\w/]))(?:[\w./@%+=~*?&();-]|:(?=[\w/])| +(?=[\w./(-])){0,1000}/y,
  commonNumber: /^(?:0|-?[1-9]\d{0,14}|(?:0|[1-9]\d{0,8})\.\d{1,6})$/,
  /** What YAML 1.2 (core schema) takes for null, true, false or a number. */
  otherThanText:
    /^(?:null|true|false|[-+]?(?:0o[0-7]+|0x[\da-f]+|(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|\.inf|\.nan))$/i,
} as const;
