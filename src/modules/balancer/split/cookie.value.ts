/** The value of a cookie of a `Cookie` header, without quotes; undefined: it is not there. The first of several counts. */
export function cookieValue(header: string, name: string): string | undefined {
  for (let start = 0; start <= header.length;) {
    const mark = header.indexOf(';', start);
    const end = mark < 0 ? header.length : mark;
    const equals = header.indexOf('=', start);
    if (equals >= 0 && equals < end && header.slice(start, equals).trim() === name) {
      return unquoted(header.slice(equals + 1, end).trim());
    }
    start = end + 1;
  }
  return undefined;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
