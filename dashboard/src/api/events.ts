import { useEffect, useRef, useState } from 'react';
import { open } from './api';
import { EventParser, type StreamEvent } from './event-parser';

export type { StreamEvent } from './event-parser';

/** `waiting`: it broke off, and is tried again at `retryAt`. */
export interface StreamState {
  readonly phase: 'connecting' | 'live' | 'waiting';
  /** Why it broke off; empty: it did not. */
  readonly problem: string;
  readonly retryAt: number;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server says something at least this often (events, or comments that keep the line open). */
const SILENCE_MS = 25_000;

/**
 * Reads server-sent events with the token of the session (EventSource sends no headers), and again after each break, with
 * growing pauses. Ends with the signal.
 */
export async function readEvents(
  path: string,
  signal: AbortSignal,
  onEvent: (event: StreamEvent) => void,
  onState: (state: StreamState) => void,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    onState({ phase: 'connecting', problem: '', retryAt: 0 });
    const problem = await readOnce(path, signal, {
      onEvent,
      onOpen: () => {
        pause = FIRST_PAUSE_MS;
        onState({ phase: 'live', problem: '', retryAt: 0 });
      },
    });
    if (signal.aborted) return;
    onState({ phase: 'waiting', problem, retryAt: Date.now() + pause });
    // oxlint-disable-next-line no-await-in-loop
    await delay(pause, signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

interface Listener {
  readonly onEvent: (event: StreamEvent) => void;
  readonly onOpen: () => void;
}

/** Resolves with the reason when the stream has ended. */
async function readOnce(path: string, signal: AbortSignal, listener: Listener): Promise<string> {
  const silence = new AbortController();
  let timer = 0;
  const heard = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    heard();
    const response = await open(path, AbortSignal.any([signal, silence.signal]), 'text/event-stream');
    listener.onOpen();
    const parser = new EventParser(listener.onEvent);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'The balancer ended the stream.';
      heard();
      parser.push(value);
    }
  } catch (error) {
    if (silence.signal.aborted) return 'The balancer has said nothing for a while.';
    return error instanceof Error ? error.message : String(error);
  } finally {
    window.clearTimeout(timer);
  }
}

/** Listens to a stream of events while the component is there. `onEvent` may change between renders. */
export function useEvents(path: string, onEvent: (event: StreamEvent) => void): StreamState {
  const [state, setState] = useState<StreamState>({ phase: 'connecting', problem: '', retryAt: 0 });
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  useEffect(() => {
    const abort = new AbortController();
    void readEvents(path, abort.signal, (event) => latest.current(event), setState);
    return () => abort.abort();
  }, [path]);
  return state;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (window.clearTimeout(timer), resolve()), { once: true });
  });
}
