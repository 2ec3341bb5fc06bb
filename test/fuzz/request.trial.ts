import { METHODS } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { type AccessLogRecord, DROP_REASONS } from '../../src/common/contract/index.js';
import type { LaneFixture } from '../support/lane.fixture.js';
import { type CapturedConnection, type CapturingOrigin, describeRequest } from './capturing.origin.js';
import { deliver } from './delivery.js';
import { LlhttpClientView, LlhttpServerView } from './llhttp.view.js';
import { type Lines, type ReadRequest, readRequests, readResponses, valuesOf } from './second-reading.js';
import { within } from './within.js';

/** For so long a lane may say nothing when the second reading expects an answer. Only a difference costs this time. */
const PATIENCE_MS = 400;
/** For so long a connection may stay open when both sides have said all. */
const CLOSING_MS = 3_000;
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: sentinel\r\n\r\n';

const views = {
  strict: new LlhttpServerView('strict'),
  lenient: new LlhttpServerView('lenient'),
  strictClient: new LlhttpClientView('strict'),
  lenientClient: new LlhttpClientView('lenient'),
};

export interface TrialResult {
  /** What is wrong; empty: the lane kept the property. */
  readonly findings: readonly string[];
  /** Requests that the origin was given whole. */
  readonly forwarded: number;
  /** Whether the lane refused something. */
  readonly hasRefused: boolean;
  /** Whether it refused, or ended, before what the second reading understood. */
  readonly isStricter: boolean;
}

/** Sends bytes through a lane and holds against each other what everybody saw: the origin, the client, the records, the second reading. */
export class RequestTrial {
  private readonly findings: string[] = [];
  /** Whether the last response said that it is the last: then what comes behind it is nobody's. */
  private hasSaidClose = false;
  private records: readonly AccessLogRecord[] = [];
  private requests: { readonly request: ReadRequest; readonly id: string }[] = [];

  constructor(
    private readonly lane: LaneFixture,
    private readonly origin: CapturingOrigin,
    private readonly text: string,
    private readonly lines: Lines,
  ) {}

  private wasReset = false;

  /** One trial at a time on one lane. `pieces`: the text, cut into writes. */
  async run(pieces: readonly Buffer[]): Promise<TrialResult> {
    const expected = expectedOf(this.text, this.lines);
    const { lane, origin } = this;
    const first = lane.records.length;
    const errors = lane.errors.length;
    origin.begin();
    const received = await this.converse(pieces, first + expected.length);
    await this.settle();
    await this.sendSentinel();
    this.records = lane.records.slice(first);
    for (const error of lane.errors.slice(errors)) this.add(`the lane failed: ${String(error)}`);
    for (const connection of origin.used) await this.compareCaptured(connection);
    this.compareWithRecords();
    await this.compareWithClient(received);
    this.compareWithReading(expected);
    const isKnownReset = this.lines === 'llhttp' && this.hasSaidClose;
    if (this.wasReset && !isKnownReset) this.add('the connection was reset');
    return this.result(expected.length);
  }

  /** Whether more follows a request that said it was the last: then a reset may take the answer with it (RFC 9112 section 9.6). */
  private get goesOnBehindEnd(): boolean {
    const { messages, end } = readRequests(this.text, this.lines);
    const last = messages.findIndex((request) => !staysOpen(request));
    return last >= 0 && (last < messages.length - 1 || end < this.text.length);
  }

  private add(finding: string): void {
    this.findings.push(finding);
  }

  /** Sends the pieces, waits for the answers that they should get, ends, and returns all that came back. */
  private async converse(pieces: readonly Buffer[], records: number): Promise<string> {
    const client = await this.lane.connect();
    await deliver(client.socket, pieces);
    const ended = client.stream.closed;
    if (records > 0) await within(PATIENCE_MS, Promise.race([this.lane.record(records - 1), ended]));
    client.socket.end();
    if (!(await within(CLOSING_MS, ended))) this.add('the connection stays open when the client has ended');
    client.close();
    this.wasReset = client.stream.wasReset && !this.goesOnBehindEnd;
    return client.stream.text;
  }

  /** Until nothing runs, and no half a request waits at the origin. */
  private async settle(): Promise<void> {
    const { lane, origin } = this;
    const isSettled = () =>
      lane.pipeline!.inFlight === 0 && origin.used.every((each) => each.isClosed || !each.isWithinRequest);
    const deadline = performance.now() + CLOSING_MS;
    while (!isSettled() && performance.now() < deadline) await turn();
    if (lane.pipeline!.inFlight > 0) this.add('an exchange goes on without its client');
  }

  /** Goes over the same connections to the origin: what was left behind there would be answered now. */
  private async sendSentinel(): Promise<void> {
    const first = this.lane.records.length;
    const client = await this.lane.connect();
    const asked = client
      .ask(SENTINEL)
      .catch((error: unknown) => this.add(`a later request: ${String(error)}`));
    if (!(await within(CLOSING_MS, asked))) this.add('a later request of another client gets no answer');
    client.close();
    const response = await asked;
    if (response === undefined) return;
    const { id } = await this.lane.record(first);
    const body = response.body.toString('latin1');
    if (response.status !== 200 || body !== `${id} GET /sentinel 0`) {
      this.add(`a later request of another client gets ${response.status} ${JSON.stringify(body)}`);
    }
  }

  private async compareCaptured(connection: CapturedConnection): Promise<void> {
    const { text } = connection;
    const reading = readRequests(text);
    if (reading.ending === 'refused') {
      this.add(`the origin was sent what is no HTTP: ${reading.why}: ${JSON.stringify(text)}`);
    }
    if (reading.ending === 'partial' && !connection.isClosed) {
      this.add(`a request was left unfinished on a connection that goes on: ${JSON.stringify(text)}`);
    }
    const wanted = reading.messages.map((request) => ({
      line: `${request.method} ${request.target}`,
      fields: request.fields,
      trailers: request.trailers,
      body: request.body,
    }));
    const bytes = Buffer.from(text, 'latin1');
    // A server on Node refuses a method that it does not know; there is no other way to read it.
    const begun = text.slice(reading.end).split(' ', 1);
    const methods = reading.messages.map(({ method }) => method).concat(begun[0] === '' ? [] : begun);
    const isKnown = methods.every((method) => METHODS.includes(method));
    for (const name of isKnown ? (['strict', 'lenient'] as const) : []) {
      const view = await views[name].read(bytes);
      const failure = reading.ending === 'partial' ? 'partial' : '';
      this.same(`the origin on llhttp, ${name}`, view, { messages: wanted, failure });
    }
    for (const request of reading.messages) {
      this.requests.push({ request, id: valuesOf(request.fields, 'x-request-id').join() });
    }
  }

  /** Every whole request at the origin is one of ours, and every record of a forward is one there. */
  private compareWithRecords(): void {
    const { records, requests } = this;
    for (const { request, id } of requests) {
      const record = records.find((each) => each.requestId === id);
      if (record === undefined)
        this.add(`the origin got a request that nobody sent: ${describeRequest(request)}`);
      else this.same('a record', describeRecord(record), describeRequest(request));
    }
    for (const record of records) {
      const copies = requests.filter(({ id }) => id === record.requestId).length;
      const most = record.dropReason === 'bad_request' ? 0 : record.attempts.length;
      const least = record.dropReason === null ? 1 : 0;
      if (copies < least || copies > most)
        this.add(`${copies} requests at the origin for ${describeRecord(record)}, ${record.dropReason}`);
    }
  }

  /** The client is given one final response for each record that says so, in order, each the one of its request. */
  private async compareWithClient(received: string): Promise<void> {
    const records = this.records.slice(0, -1);
    const answered = records.filter(
      (each) => each.dropReason === null || !('logOnly' in DROP_REASONS[each.dropReason]),
    );
    const reading = readResponses(
      received,
      records.map((each) => each.method),
      true,
    );
    if (reading.ending === 'refused') this.add(`the client was sent what is no HTTP: ${reading.why}`);
    if (reading.ending === 'partial' && answered.length === records.length)
      this.add('half a response at the end');
    const told = reading.messages.map((each) => [each.status, ...valuesOf(each.fields, 'x-request-id')]);
    this.same(
      'responses',
      told,
      answered.map((each) => [each.status, each.requestId]),
    );
    const last = reading.messages.at(-1);
    this.hasSaidClose = last !== undefined && valuesOf(last.fields, 'connection').includes('close');
    for (const [index, response] of reading.messages.entries()) {
      const record = answered[index];
      if (record === undefined) break;
      if (record.dropReason === null && record.method !== 'HEAD') {
        this.same('a body', response.body, `${record.requestId} ${describeRecord(record)}`);
      }
      const bytes = Buffer.from(received.slice(response.start, response.end), 'latin1');
      const { fields, trailers, body } = response;
      const message = { line: String(response.status), fields, trailers, body };
      for (const view of [views.strictClient, views.lenientClient]) {
        this.same('the client on llhttp', await view.read(bytes, record.method), {
          messages: [message],
          failure: '',
        });
      }
    }
  }

  /** Nothing was forwarded but what the second reading understands, and that as it does. */
  private compareWithReading(expected: readonly ReadRequest[]): void {
    const records = this.records.slice(0, -1);
    const forwarded = records.flatMap((record) => this.requests.filter(({ id }) => id === record.requestId));
    for (const [index, { request }] of forwarded.entries()) {
      const wanted = expected[index];
      if (wanted === undefined) this.add(`forwarded beyond the second reading: ${describeRequest(request)}`);
      else this.same('a forwarded request', ...essences(request, asForwarded(wanted)));
    }
    const hasRefused = records.some((each) => each.dropReason !== null);
    const hasEnded = this.hasSaidClose || hasRefused;
    if (forwarded.length < expected.length && !hasEnded)
      this.add('whole requests were neither served nor refused');
  }

  private same(what: string, actual: unknown, wanted: unknown): void {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (is !== should) this.add(`${what}: ${is} instead of ${should}`);
  }

  private result(expected: number): TrialResult {
    const records = this.records.slice(0, -1);
    const forwarded = records.filter((each) => this.requests.some(({ id }) => id === each.requestId)).length;
    return {
      findings: this.findings,
      forwarded,
      hasRefused: records.some((each) => each.dropReason !== null),
      isStricter: forwarded < expected,
    };
  }
}

/** The requests that a client may expect an answer to: none behind one that ends the connection. */
export function expectedOf(text: string, lines: Lines): readonly ReadRequest[] {
  const { messages } = readRequests(text, lines);
  const last = messages.findIndex((request) => !staysOpen(request));
  return last < 0 ? messages : messages.slice(0, last + 1);
}

function staysOpen({ version, fields }: ReadRequest): boolean {
  const options = valuesOf(fields, 'connection')
    .join()
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  if (options.includes('close')) return false;
  return version === '1.1' || options.includes('keep-alive');
}

/** A gateway writes an absolute target in origin form, and its authority into `Host` (RFC 9112 section 3.2.2). */
function asForwarded(request: ReadRequest): ReadRequest {
  const parts = /^https?:\/\/([^/?]+)(.*)$/i.exec(request.target);
  if (parts === null) return request;
  const [, authority = '', rest = ''] = parts;
  const empty = request.method === 'OPTIONS' ? '*' : '/';
  const target = rest === '' ? empty : rest.startsWith('/') ? rest : `/${rest}`;
  return { ...request, target, fields: [['Host', authority]] };
}

/** What has to be the same on both sides. Where the client names no host, the origin may be told any. */
function essences(actual: ReadRequest, wanted: ReadRequest): [string, string] {
  const wantedHost = valuesOf(wanted.fields, 'host').join();
  const actualHost = wantedHost === '' ? '' : valuesOf(actual.fields, 'host').join();
  return [essenceOf(actual, actualHost), essenceOf(wanted, wantedHost)];
}

function essenceOf({ method, target, body }: ReadRequest, host: string): string {
  return JSON.stringify([method, target, host, body]);
}

function describeRecord({ method, path, query, bytesIn }: AccessLogRecord): string {
  return `${method} ${query === '' ? path : `${path}?${query}`} ${bytesIn}`;
}
