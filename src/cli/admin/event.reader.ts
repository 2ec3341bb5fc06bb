/** One server-sent event; `data` is parsed. */
export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** More cannot be one event of the admin API. */
const MAX_EVENT_CHARACTERS = 16 * 1_024 * 1_024;

/** The events of a stream, without comments. Throws when one is too long or no JSON. */
export async function* readEvents(stream: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const text of stream) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_EVENT_CHARACTERS) throw new Error('an event is too long');
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}

function eventOf(block: string): ServerEvent | null {
  let [event, data] = ['message', ''];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7);
    else if (line.startsWith('data: ')) data += line.slice(6);
  }
  return data === '' ? null : { event, data: JSON.parse(data) as unknown };
}
