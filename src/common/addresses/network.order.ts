import type { SlicedWork } from './sliced-work.js';

/** Fewer networks are counted by bytes, more by pairs of them: half the passes, for tables of 65,536 counts. */
const WIDE_FROM = 65_536;
const SLICE = 8_192;

/**
 * The order of networks by address, those with the same one by prefix length: numbers into the columns. A radix sort from
 * the last digit on; digits that are the same everywhere (the end of all IPv6 networks, mostly) cost one look.
 */
export function* ordered(keys: Int32Array, bits: Uint8Array, width: 1 | 4): SlicedWork<Int32Array> {
  const count = bits.length;
  const digitBits = count >= WIDE_FROM ? 16 : 8;
  let order = new Int32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  let other = new Int32Array(count);
  const digits = new Uint16Array(count);
  for (let index = 0; index < count; index++) digits[index] = bits[index]!;
  if (yield* sortByDigit(order, other, digits)) [order, other] = [other, order];
  for (let word = width - 1; word >= 0; word--) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      const mask = 2 ** digitBits - 1;
      for (let index = 0; index < count; index++)
        digits[index] = (keys[index * width + word]! >>> shift) & mask;
      yield;
      if (yield* sortByDigit(order, other, digits)) [order, other] = [other, order];
    }
  }
  return order;
}

/** Moves `from` to `to`, ordered by their digits and stable. False: all have the same one, and nothing was moved. */
function* sortByDigit(from: Int32Array, to: Int32Array, digits: Uint16Array): SlicedWork<boolean> {
  const starts = new Uint32Array(digits.length >= WIDE_FROM ? 65_536 : 256);
  for (let index = 0; index < digits.length; index++) starts[digits[index]!]!++;
  if (digits.length === 0 || starts[digits[0]!] === digits.length) return false;
  let sum = 0;
  for (let digit = 0; digit < starts.length; digit++) {
    const count = starts[digit]!;
    starts[digit] = sum;
    sum += count;
  }
  for (let index = 0; index < from.length; index++) {
    if (index % SLICE === SLICE - 1) yield;
    const one = from[index]!;
    to[starts[digits[one]!]!++] = one;
  }
  return true;
}
