import { setImmediate as turn } from 'node:timers/promises';
import type { LaneFixture } from '../support/lane.fixture.js';
import type { RawClient } from '../support/raw-client.js';
import { LlhttpClientView } from './llhttp.view.js';
import type { RespondingOrigin } from './responding.origin.js';
import { type Lines, type Reading, type ReadResponse, readResponses, valuesOf } from './second-reading.js';
import { within } from './within.js';

/** An answer must come, or a connection close, within this time: what is tested never waits for a timeout of the lane. */
const PATIENCE_MS = 3_000;
/** Turns of the event loop in which a lane reads everything that has been written to it. */
const TURNS = 3;

const views = [new LlhttpClientView('strict'), new LlhttpClientView('lenient')];

export interface ResponseTrialResult {
  /** What is wrong; empty: the lane kept the property. */
  readonly findings: readonly string[];
  /** Whether the client was given the backend's response, whole. */
  readonly isPassedOn: boolean;
}

/** Has a backend answer with given bytes, and holds what the client saw against the second reading. Then asks again. */
export class ResponseTrial {
  private readonly findings: string[] = [];

  constructor(
    private readonly lane: LaneFixture,
    private readonly origin: RespondingOrigin,
    private readonly text: string,
    private readonly method: string,
    private readonly lines: Lines,
  ) {}

  /** One trial at a time on one lane. `ends`: whether the backend ends the connection; it does when the answer is not whole. */
  async run(pieces: readonly Buffer[], ends: boolean): Promise<ResponseTrialResult> {
    const { lane, origin, text, method } = this;
    const isWhole = readResponses(text, [method], false, this.lines).messages.length > 0;
    const hasEnd = ends || !isWhole;
    const expected = readResponses(text, [method], hasEnd, this.lines).messages[0];
    const errors = lane.errors.length;
    const first = lane.records.length;
    const sent = origin.answer({ pieces, ends: hasEnd });
    const client = await lane.connect();
    await client.send(`${method} /first HTTP/1.1\r\nHost: a\r\n\r\n`);
    if (!(await within(PATIENCE_MS, lane.record(first)))) this.add('the exchange does not end');
    await within(PATIENCE_MS, sent);
    for (let count = 0; count < TURNS; count++) await turn();
    const reading = await this.askAgain(client);
    for (const error of lane.errors.slice(errors)) this.add(`the lane failed: ${String(error)}`);
    const response = reading.messages[0];
    this.compare(response, expected, lane.records[first]?.dropReason === null);
    return {
      findings: this.findings,
      isPassedOn: lane.records[first]?.dropReason === null && response !== undefined,
    };
  }

  private add(finding: string): void {
    this.findings.push(finding);
  }

  /** Sends a second request, on the same connection if it goes on, and reads all that the connection brought. */
  private async askAgain(client: RawClient): Promise<Reading<ReadResponse>> {
    const { method } = this;
    const saysClose = () => {
      const said = readResponses(client.stream.text, [method], true).messages[0];
      return (
        said === undefined || said.isCloseDelimited || valuesOf(said.fields, 'connection').includes('close')
      );
    };
    if (saysClose() && !(await within(PATIENCE_MS, client.stream.closed)))
      this.add('the connection does not close');
    const hasEnded = client.stream.isEnded;
    const again = hasEnded ? await this.lane.connect() : client;
    const before = this.lane.records.length;
    await again.send('GET /second HTTP/1.1\r\nHost: a\r\n\r\n');
    if (!(await within(PATIENCE_MS, this.lane.record(before)))) this.add('a later request gets no answer');
    again.socket.end();
    if (!(await within(PATIENCE_MS, again.stream.closed))) this.add('the connection stays open at its end');
    client.close();
    again.close();
    const received = client.stream.text;
    const reading = readResponses(received, [method, 'GET'], true);
    if (reading.ending === 'refused')
      this.add(`the client was sent what is no HTTP: ${reading.why}: ${JSON.stringify(received)}`);
    if (reading.ending === 'partial' && !hasEnded)
      this.add(`half a response on a connection that goes on: ${JSON.stringify(received)}`);
    const second = hasEnded
      ? readResponses(again.stream.text, ['GET'], true).messages[0]
      : reading.messages[1];
    if (second?.status !== 200 || second.body !== '/second') {
      this.add(`a later request was answered: ${second?.status} ${JSON.stringify(second?.body)}`);
    }
    await this.compareViews(received, reading);
    return reading;
  }

  /** What the client reads as a whole response of the backend's is what the second reading reads. */
  private compare(
    response: ReadResponse | undefined,
    expected: ReadResponse | undefined,
    isForwarded: boolean,
  ): void {
    if (response === undefined || !isForwarded) return;
    if (expected === undefined) {
      this.add(`passed on as whole: ${response.status} ${JSON.stringify(response.body)}`);
    } else if (response.status !== expected.status || response.body !== expected.body) {
      const [is, should] = [response, expected].map(
        ({ status, body }) => `${status} ${JSON.stringify(body)}`,
      );
      this.add(`the client reads: ${is} instead of ${should}`);
    }
  }

  private async compareViews(received: string, reading: Reading<ReadResponse>): Promise<void> {
    for (const [index, response] of reading.messages.entries()) {
      const bytes = Buffer.from(received.slice(response.start, response.end), 'latin1');
      const { fields, trailers, body } = response;
      const wanted = JSON.stringify({
        messages: [{ line: String(response.status), fields, trailers, body }],
        failure: '',
      });
      for (const view of views) {
        const seen = JSON.stringify(await view.read(bytes, index === 0 ? this.method : 'GET'));
        if (seen !== wanted) this.add(`the client on llhttp: ${seen} instead of ${wanted}`);
      }
    }
  }
}
