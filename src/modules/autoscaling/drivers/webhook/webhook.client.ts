import { once } from 'node:events';
import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { Backoff, type BackoffLimits } from '../../../../common/backoff.js';
import type { WebhookDriverConfig } from '../../../../common/config/index.js';
import { isVelocityError, VelocityError } from '../../../../common/errors/index.js';
import { redactedUrl } from '../../../../common/secrets/index.js';
import { signatureOf } from './signature.js';

const TRIES = 4;
/** Of an answer more is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Of an answer more is not repeated in a message. */
const SHOWN_CHARACTERS = 200;
/** Answers of 4xx that say "later", not "never". */
const LATER = [408, 425, 429];

export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

export interface WebhookCall {
  readonly method: 'GET' | 'POST';
  /** '' with GET. */
  readonly body: string;
  /** The same for all tries of one change; '' with GET. */
  readonly key: string;
}

/**
 * Calls one URL, signed. Follows no redirect: a signed body goes only where the settings say. Failures of the network, 5xx and
 * "later" are tried again with backoff, then it rejects with DRIVER_UNAVAILABLE; any other answer than 2xx, unless the caller
 * takes it, is DRIVER_REFUSED.
 */
export class WebhookClient {
  private readonly url: URL;
  private readonly closing = new AbortController();

  constructor(
    private readonly settings: WebhookDriverConfig,
    private readonly pauses: BackoffLimits,
  ) {
    this.url = new URL(settings.url);
  }

  /** `accepted`: statuses outside of 2xx that are answers to the caller. */
  async call(call: WebhookCall, accepted: readonly number[] = []): Promise<WebhookAnswer> {
    const backoff = new Backoff(this.pauses);
    for (let tries = 1; ; tries += 1) {
      try {
        return this.judged(await this.once(call), accepted);
      } catch (error) {
        const mayTry = isVelocityError(error, 'DRIVER_UNAVAILABLE') && tries < TRIES;
        if (!mayTry || this.closing.signal.aborted) throw error;
      }
      await this.wait(backoff.next());
    }
  }

  close(): void {
    this.closing.abort();
  }

  private judged(answer: WebhookAnswer, accepted: readonly number[]): WebhookAnswer {
    const { status, body } = answer;
    if ((status >= 200 && status < 300) || accepted.includes(status)) return answer;
    const said = shown(body);
    const text = `the webhook ${this.shownUrl} answers ${status}${said === '' ? '' : `: ${said}`}`;
    if (status >= 500 || LATER.includes(status)) throw new VelocityError('DRIVER_UNAVAILABLE', text);
    if (status >= 300 && status < 400) {
      throw new VelocityError('DRIVER_REFUSED', `${text}. Redirects are not followed: write the final URL`);
    }
    throw new VelocityError('DRIVER_REFUSED', text);
  }

  private async once({ method, body, key }: WebhookCall): Promise<WebhookAnswer> {
    const deadline = AbortSignal.timeout(this.settings.timeoutMs);
    const signal = AbortSignal.any([this.closing.signal, deadline]);
    const seconds = Math.floor(Date.now() / 1000);
    const options: RequestOptions = {
      method,
      signal,
      // A connection of its own: calls are rare, and a kept one may be closed by the other side just then.
      agent: false,
      headers: {
        accept: 'application/json',
        'user-agent': 'velocity',
        'velocity-signature': signatureOf(this.settings.secret, seconds, body),
        ...(method === 'POST' && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': key,
        }),
      },
    };
    try {
      const sent = (this.url.protocol === 'https:' ? requestSecure : requestPlain)(this.url, options);
      // After the head it is the response that says so, but this one must not be without a listener.
      sent.on('error', () => undefined);
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { status: response.statusCode ?? 0, body: await beginningOf(response) };
    } catch (error) {
      throw this.unreachable(error, deadline.aborted);
    }
  }

  private unreachable(error: unknown, late: boolean): VelocityError {
    const { settings, closing, shownUrl } = this;
    const message = error instanceof Error ? error.message : String(error);
    const why = closing.signal.aborted
      ? 'the balancer stops'
      : late
        ? `no answer within ${settings.timeoutMs} ms`
        : message;
    return new VelocityError('DRIVER_UNAVAILABLE', `the webhook ${shownUrl} cannot be reached: ${why}`, {
      cause: error,
    });
  }

  private async wait(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }

  private get shownUrl(): string {
    return redactedUrl(this.settings.url);
  }
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    // Leaving the loop ends the connection.
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** One line for people, without what could confuse a terminal. */
function shown(body: string): string {
  const line = body
    .slice(0, 2 * SHOWN_CHARACTERS)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS - 1)}…` : line;
}
