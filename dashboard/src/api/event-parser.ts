export interface StreamEvent {
  /** Name of the event; `message` when the stream names none. */
  readonly type: string;
  readonly data: string;
  readonly id: string;
}

/** Text of a stream to events (WHATWG HTML, 9.2.6), whatever the pieces are that it comes in. */
export class EventParser {
  private rest = '';
  private type = '';
  private data: string[] = [];
  private id = '';

  constructor(private readonly onEvent: (event: StreamEvent) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
  }

  private dispatch(): void {
    if (this.data.length > 0) {
      this.onEvent({ type: this.type || 'message', data: this.data.join('\n'), id: this.id });
    }
    this.type = '';
    this.data = [];
  }
}
