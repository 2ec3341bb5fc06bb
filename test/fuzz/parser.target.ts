import { METHODS } from 'node:http';
import type { FuzzInput, FuzzTarget } from './campaign.js';
import { SOUND_REQUESTS, UNSOUND_REQUESTS } from './corpus/requests.table.js';
import { SOUND_RESPONSES, UNSOUND_RESPONSES } from './corpus/responses.table.js';
import { piecesOf } from './delivery.js';
import { LlhttpClientView, LlhttpServerView, type View } from './llhttp.view.js';
import { mutate } from './mutator.js';
import { RandomSource } from './random.source.js';
import { readResponses } from './second-reading.js';
import { type WireMessage, type WireReading, WireRequestReader, WireResponseReader } from './wire.reading.js';

/** Shorter inputs are split everywhere, longer ones at this many places. */
const MAX_SPLITS = 300;

const server = new LlhttpServerView('strict', { requiresHost: false });
const client = new LlhttpClientView('strict');

/**
 * Where the parsers of the wire lane accept what llhttp at its strictest refuses, and why that is safe. Whatever is not
 * here is a finding. Where they refuse what llhttp accepts is no concern: refusing is always safe.
 */
export const ACCEPTED_BEYOND_LLHTTP = {
  method:
    'llhttp has a list of methods; a method is a token (RFC 9110 section 9.1), and nobody reads an unknown one as another',
  upgrade:
    'Node lets go of what comes behind a request that asks for an upgrade; the lane hands such a one over',
  target:
    'only its characters are the business of the parser; its form is judged behind it, in the receive phase, and CONNECT is refused there',
  coding: 'blanks behind a coding are no part of it (RFC 9110 section 5.5); what is sent on has none',
  trailers:
    'llhttp obeys framing fields in trailers; they mean nothing there (RFC 9110 section 6.5.1), and are not sent on',
} as const;

const OBEYED_IN_TRAILERS = ['connection', 'content-length', 'transfer-encoding', 'upgrade'];

/** The parsers of the wire lane, on mutated requests: fed in any split alike, and never more lenient than llhttp. */
export class RequestParserTarget implements FuzzTarget<FuzzInput> {
  readonly name = 'the parsers of requests';

  async renew(): Promise<void> {}

  generate(random: RandomSource): FuzzInput {
    return inputOf(
      random,
      random.pick(Object.values(random.chance(0.7) ? SOUND_REQUESTS : UNSOUND_REQUESTS)),
    );
  }

  async run(_input: FuzzInput, text: string): Promise<readonly string[]> {
    const bytes = Buffer.from(text, 'latin1');
    const read = (pieces: readonly Buffer[]) => new WireRequestReader().read(pieces, false);
    const whole = read([bytes]);
    const wrong = splitsApart(bytes, whole, read);
    const known = whole.messages.findIndex((message) => isBeyondLlhttp(message, text));
    const comparable = known < 0 ? whole.messages : whole.messages.slice(0, known);
    if (comparable.length > 0 && known < 0) wrong.push(...differences(comparable, await server.read(bytes)));
    return wrong;
  }
}

export interface ResponseParserInput extends FuzzInput {
  readonly method: string;
}

/** The same on mutated responses, which the second reading judges too. */
export class ResponseParserTarget implements FuzzTarget<ResponseParserInput> {
  readonly name = 'the parsers of responses';

  async renew(): Promise<void> {}

  generate(random: RandomSource): ResponseParserInput {
    const chosen = random.pick(Object.values(random.chance(0.7) ? SOUND_RESPONSES : UNSOUND_RESPONSES));
    return {
      ...inputOf(random, chosen.text),
      method: random.chance(0.1) ? 'HEAD' : (chosen.method ?? 'GET'),
    };
  }

  async run({ method }: ResponseParserInput, text: string): Promise<readonly string[]> {
    const bytes = Buffer.from(text, 'latin1');
    const read = (pieces: readonly Buffer[]) => new WireResponseReader(method).read(pieces, true);
    const whole = read([bytes]);
    const wrong = splitsApart(bytes, whole, read);
    const [message] = whole.messages;
    if (message === undefined) return wrong;
    const reading = readResponses(text, [method], true, 'wire');
    const second = reading.messages[0];
    if (second === undefined)
      return [...wrong, `accepted beyond the second reading: ${JSON.stringify(message)}`];
    if (second.status !== Number(message.line) || second.body !== message.body) {
      wrong.push(
        `read as ${message.line} ${JSON.stringify(message.body)} instead of ${second.status} ${JSON.stringify(second.body)}`,
      );
    }
    wrong.push(...differences([message], await client.read(bytes.subarray(0, second.end), method)));
    return wrong;
  }
}

function inputOf(random: RandomSource, text: string): FuzzInput {
  const mutated = random.chance(0.9) ? mutate(text, random, 3) : text;
  return { text: mutated, cut: (bytes) => piecesOf(Buffer.from(bytes, 'latin1'), 'whole', random) };
}

/** Byte by byte, and in two at every place: each must give what the whole gave. */
function splitsApart(
  bytes: Buffer,
  whole: WireReading,
  read: (pieces: readonly Buffer[]) => WireReading,
): string[] {
  const wanted = JSON.stringify(whole);
  const wrong: string[] = [];
  const step = Math.max(1, Math.ceil(bytes.length / MAX_SPLITS));
  for (let at = 1; at < bytes.length && wrong.length === 0; at += step) {
    const split = JSON.stringify(read([bytes.subarray(0, at), bytes.subarray(at)]));
    if (split !== wanted) wrong.push(`split at a place: at ${at}: ${split} instead of ${wanted}`);
  }
  const single = JSON.stringify(read(Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))));
  if (single !== wanted) wrong.push(`byte by byte: ${single} instead of ${wanted}`);
  return wrong;
}

/** Whether an entry of `ACCEPTED_BEYOND_LLHTTP` is about a message. */
function isBeyondLlhttp({ line, fields, trailers }: WireMessage, text: string): boolean {
  const [method = '', target = ''] = line.split(' ');
  const isUpgrade = hasName(fields, ['upgrade']);
  const hasForm = target.startsWith('/') && method !== 'CONNECT';
  if (hasName(trailers, OBEYED_IN_TRAILERS)) return true;
  return !hasForm || !METHODS.includes(method) || isUpgrade || /chunked[ \t]+\r\n/i.test(text);
}

function hasName(pairs: readonly string[], names: readonly string[]): boolean {
  return pairs.some((each, index) => index % 2 === 0 && names.includes(each.toLowerCase()));
}

function differences(messages: readonly WireMessage[], view: View): string[] {
  return messages.flatMap((message, index) => {
    const seen = view.messages[index];
    if (seen === undefined) return [`accepted beyond llhttp: ${view.failure}: ${JSON.stringify(message)}`];
    const is = JSON.stringify(message);
    const wanted = {
      line: seen.line,
      fields: seen.fields.flat(),
      body: seen.body,
      trailers: seen.trailers.flat(),
    };
    const should = JSON.stringify(wanted);
    return is === should ? [] : [`read unlike llhttp: ${is} instead of ${should}`];
  });
}
