import { describe, expect, it } from 'vitest';
import { EventParser, type StreamEvent } from './event-parser';

const STREAM =
  ': still here\n\nevent: overview\ndata: {"a":1}\n\nid: x-7\r\nevent: change\r\ndata: first\r\ndata:second\r\n\r\ndata\n\nevent: nothing\n\n';
const EVENTS: readonly StreamEvent[] = [
  { type: 'overview', data: '{"a":1}', id: '' },
  { type: 'change', data: 'first\nsecond', id: 'x-7' },
  { type: 'message', data: '', id: 'x-7' },
];

describe('a stream of events', () => {
  it.each([1, 2, 3, 7, STREAM.length])('is the same events in pieces of %i', (size) => {
    const events: StreamEvent[] = [];
    const parser = new EventParser((event) => events.push(event));
    for (let at = 0; at < STREAM.length; at += size) parser.push(STREAM.slice(at, at + size));
    expect(events).toEqual(EVENTS);
  });
});
