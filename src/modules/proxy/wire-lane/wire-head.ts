import type { ExchangeHead } from '../exchange.js';
import { FieldId } from './field-names.js';
import { RequestHead } from './request-head.js';

/** A request head as the pipeline sees it: texts are made of those fields only that somebody asks for. */
export class WireHead extends RequestHead implements ExchangeHead {
  peer = '';
  localPort = 0;
  readonly isSecure = false;

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
