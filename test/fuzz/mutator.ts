import type { RandomSource } from './random.source.js';

/** What parsers have been seen to stumble over. */
const MORSELS = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\n\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '"',
  '\\',
  '=',
  '/',
  '?',
  '#',
  '%00',
  '\x0b',
  '\x0c',
  '\x7f',
  '\x80',
  '\xff',
  '\xa0',
  '0',
  '1',
  '5',
  'f',
  '0x',
  '+',
  '-',
  '_',
  '00',
  '0\r\n\r\n',
  '1\r\nx\r\n',
  '5;a="\r\n"\r\n',
  'ffffffffffffffff',
  '10000000000000000',
  '9007199254740993',
  '184467440737095516160',
  'chunked',
  'Chunked',
  'identity',
  'gzip',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'GET',
  'HEAD',
  'POST',
  'CONNECT',
  'OPTIONS',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Content-Length : 5\r\n',
  'Content-Length:\r\n',
  'content-length: 3\r\n',
  'Content-Length: 5, 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding: chunked, chunked\r\n',
  'Transfer-Encoding: x\r\n',
  ' folded\r\n',
  '\tfolded\r\n',
  'Host: b\r\n',
  'Connection: close\r\n',
  'Connection: content-length, host\r\n',
  'Connection: transfer-encoding\r\n',
  'Trailer: Host\r\n',
  'TE: trailers\r\n',
  'Expect: 100-continue\r\n',
] as const;

/** Bytes that take each other's place without a change in length. */
const KIN = ['\r\n \t:', '0123456789abcdefx+-', ',;="\\', '/?#*%'] as const;

type Mutation = (text: string, random: RandomSource) => string;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  replaceByte,
  insertMorsel,
  insertMorsel,
  replaceByMorsel,
  removeRun,
  removeRun,
  repeatRun,
  moveRun,
  swapKin,
  swapKin,
  swapKin,
  changeCase,
  swapNeighbours,
  repeatLine,
  removeLine,
  moveLine,
  growNumber,
];

/** Changes a text in 1 to `most` ways. */
export function mutate(text: string, random: RandomSource, most: number): string {
  let mutated = text;
  for (let count = 1 + random.below(most); count > 0; count--) {
    if (mutated.length > 0) mutated = random.pick(MUTATIONS)(mutated, random);
  }
  return mutated;
}

function splice(text: string, at: number, removed: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at + removed);
}

function flipBit(text: string, random: RandomSource): string {
  const at = random.below(text.length);
  return splice(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))));
}

function replaceByte(text: string, random: RandomSource): string {
  return splice(text, random.below(text.length), 1, String.fromCharCode(random.below(256)));
}

function insertMorsel(text: string, random: RandomSource): string {
  return splice(text, random.below(text.length + 1), 0, random.pick(MORSELS));
}

function replaceByMorsel(text: string, random: RandomSource): string {
  return splice(text, random.below(text.length), 1 + random.below(4), random.pick(MORSELS));
}

function removeRun(text: string, random: RandomSource): string {
  return splice(text, random.below(text.length), 1 + random.below(random.chance(0.5) ? 2 : 30), '');
}

function repeatRun(text: string, random: RandomSource): string {
  const at = random.below(text.length);
  return splice(text, at, 0, text.slice(at, at + 1 + random.below(40)));
}

function moveRun(text: string, random: RandomSource): string {
  const at = random.below(text.length);
  const run = text.slice(at, at + 1 + random.below(40));
  return splice(splice(text, at, run.length, ''), random.below(text.length - run.length + 1), 0, run);
}

function swapKin(text: string, random: RandomSource): string {
  const start = random.below(text.length);
  for (let step = 0; step < text.length; step++) {
    const at = (start + step) % text.length;
    const kin = KIN.find((each) => each.includes(text[at]!));
    if (kin !== undefined) return splice(text, at, 1, kin[random.below(kin.length)]!);
  }
  return text;
}

function changeCase(text: string, random: RandomSource): string {
  const at = random.below(text.length);
  const run = text.slice(at, at + 1 + random.below(12));
  return splice(text, at, run.length, random.chance(0.5) ? run.toUpperCase() : run.toLowerCase());
}

function swapNeighbours(text: string, random: RandomSource): string {
  const at = random.below(text.length);
  return splice(
    text,
    at,
    2,
    text
      .slice(at, at + 2)
      .split('')
      .reverse()
      .join(''),
  );
}

function repeatLine(text: string, random: RandomSource): string {
  const lines = text.split('\r\n');
  const at = random.below(lines.length);
  lines.splice(random.below(lines.length), 0, lines[at]!);
  return lines.join('\r\n');
}

function removeLine(text: string, random: RandomSource): string {
  const lines = text.split('\r\n');
  lines.splice(random.below(lines.length), 1);
  return lines.join('\r\n');
}

function moveLine(text: string, random: RandomSource): string {
  const lines = text.split('\r\n');
  const [line] = lines.splice(random.below(lines.length), 1);
  lines.splice(random.below(lines.length + 1), 0, line!);
  return lines.join('\r\n');
}

function growNumber(text: string, random: RandomSource): string {
  const numbers = [...text.matchAll(/[0-9]+/g)];
  if (numbers.length === 0) return text;
  const { 0: digits, index } = random.pick(numbers);
  const value = Number(digits) + random.pick([-2, -1, 1, 2, 16, 2 ** 32]);
  return splice(text, index, digits.length, String(Math.max(0, value)));
}
