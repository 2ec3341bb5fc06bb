/** One server-sent event. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Reads server-sent events as a browser does with fetch. */
export class EventSource {
  /** Read and not yet taken. */
  private readonly events: ReceivedEvent[] = [];
  /** Lines that are comments. */
  readonly comments: string[] = [];
  private rest = '';

  private constructor(
    readonly status: number,
    readonly headers: Headers,
    private readonly reader: ReadableStreamDefaultReader<string>,
    private readonly abort: AbortController,
  ) {}

  static async open(
    url: string,
    token: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventSource> {
    const abort = new AbortController();
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: abort.signal,
    });
    const text = response.body!.pipeThrough(new TextDecoderStream());
    return new EventSource(response.status, response.headers, text.getReader(), abort);
  }

  /** The next event of this name; those before are dropped. Rejects when the stream ends. */
  async next<T>(name: string): Promise<T> {
    return (await this.nextEvent(name)).data as T;
  }

  async nextEvent(name: string): Promise<ReceivedEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event?.event === name) return event;
      if (event === undefined && !(await this.read())) throw new Error(`The stream ended before ${name}.`);
    }
  }

  /** Resolves when the other side has ended the stream. */
  async ended(): Promise<void> {
    while (await this.read());
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<boolean> {
    const { value, done } = await this.reader.read();
    if (done) return false;
    const blocks = (this.rest + value).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) this.take(block.split('\n'));
    return true;
  }

  private take(lines: readonly string[]): void {
    const fields = new Map(
      lines.map((line) => {
        const [name = '', ...value] = line.split(': ');
        return [name, value.join(': ')];
      }),
    );
    if (fields.has('')) this.comments.push(fields.get('')!);
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push({
      event: fields.get('event') ?? '',
      id: fields.get('id') ?? '',
      data: JSON.parse(data),
    });
  }
}

/** RFC 7396, section 2. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isFields = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isFields ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatched(result[key], value);
  }
  return result;
}
