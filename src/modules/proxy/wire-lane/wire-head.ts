import type { Exchange, ExchangeHead } from '../exchange.js';
import { forwardingFields } from '../forwarding-headers.js';
import { FieldId } from './field-names.js';
import { RequestHead } from './request-head.js';

/** A request head as the pipeline sees it: texts are made of those fields only that somebody asks for. */
export class WireHead extends RequestHead implements ExchangeHead {
  peer = '';
  localPort = 0;
  readonly isSecure = false;
  private forwarded = '';
  private forwardedHost: string | null = null;
  private forwardedPeer = '';

  get protocol(): string {
    return this.minor === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
  }

  get rawHeaders(): readonly string[] {
    return this.toList();
  }

  get hostCount(): number {
    return this.countOf(FieldId.host);
  }

  header(name: string): string | undefined {
    return this.value(name);
  }

  /**
   * What we say about where a request of a peer that is not trusted came from: the same from one request to the next, as
   * long as peer and host are.
   */
  forwardedLines(exchange: Exchange): string {
    if (exchange.authority === this.forwardedHost && this.peer === this.forwardedPeer) return this.forwarded;
    this.forwardedHost = exchange.authority;
    this.forwardedPeer = this.peer;
    // Through bytes: a text put together from parts would be walked through part by part whenever it is sent.
    this.forwarded = Buffer.from(fieldLines(forwardingFields(exchange)), 'latin1').toString('latin1');
    return this.forwarded;
  }

  /** Whether the client asks to go on as WebSocket (RFC 6455 section 4.2.1), and the HTTP lane would agree. */
  get asksForWebSocket(): boolean {
    return (
      this.indexOf(FieldId.upgrade) >= 0 &&
      this.method === 'GET' &&
      this.minor === 1 &&
      this.framing === 0 &&
      this.value('upgrade')!.toLowerCase() === 'websocket' &&
      (this.value('connection') ?? '').toLowerCase().includes('upgrade')
    );
  }
}

/** Name, value, name, value ... as lines. */
export function fieldLines(list: readonly string[]): string {
  let text = '';
  for (let index = 0; index < list.length; index += 2) text += `${list[index]}: ${list[index + 1]}\r\n`;
  return text;
}
