import { type Placeholder, PLACEHOLDERS } from '../../../common/contract/policies/index.js';
import type { ShapedExchange } from './shaped.exchange.js';

/** A text with what an exchange says put in. Compiled with the snapshot; a text without placeholders is a constant. */
export class Template {
  /** The text before each placeholder, and after the last one. */
  private readonly texts: string[] = [];
  private readonly placeholders: Placeholder[] = [];

  constructor(text: string) {
    let start = 0;
    for (const match of text.matchAll(/\{([A-Za-z]+)\}/g)) {
      const name = match[1] as Placeholder;
      if (!PLACEHOLDERS.includes(name)) continue;
      this.texts.push(text.slice(start, match.index));
      this.placeholders.push(name);
      start = match.index + match[0].length;
    }
    this.texts.push(text.slice(start));
  }

  /** Visible ASCII and blanks only, whatever the request holds: nothing of it ends a header. */
  fill(exchange: ShapedExchange): string {
    const { texts, placeholders } = this;
    let text = texts[0]!;
    for (let index = 0; index < placeholders.length; index++) {
      text += visible(valueOf(exchange, placeholders[index]!)) + texts[index + 1]!;
    }
    return text;
  }
}

function valueOf(exchange: ShapedExchange, placeholder: Placeholder): string {
  switch (placeholder) {
    case 'client':
      return exchange.client;
    case 'host':
      return exchange.host;
    case 'path':
      // OPTIONS asks `*` of the server as a whole.
      return exchange.path === '*' ? '/' : exchange.path;
    case 'query':
      return exchange.query === '' ? '' : `?${exchange.query}`;
    case 'requestId':
      return exchange.requestId;
    case 'service':
      return exchange.settings.name;
  }
}

/** Percent-encodes what is no visible ASCII character; nearly every value comes back as it is. */
function visible(value: string): string {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x21 || code > 0x7e) return encoded(value);
  }
  return value;
}

/** The characters of a head are its bytes. */
function encoded(value: string): string {
  let text = '';
  for (const byte of Buffer.from(value, 'latin1')) {
    const isVisible = byte > 0x20 && byte < 0x7f;
    text += isVisible ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
