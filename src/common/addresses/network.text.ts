/** A network: the 128 bits of its address (IPv4 in its mapped form), and the length of its prefix in its family. */
export interface Network {
  readonly words: Int32Array;
  readonly bits: number;
  readonly isIpv4: boolean;
}

/** A network in its one canonical form (RFC 5952); the prefix of a single address is left out. */
export function networkText({ words, bits, isIpv4 }: Network): string {
  const address = isIpv4 ? dotted(words[3]!) : grouped(words);
  return bits === (isIpv4 ? 32 : 128) ? address : `${address}/${bits}`;
}

function dotted(word: number): string {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.');
}

/** The longest run of two or more zero groups, the first of several, is written as `::`. */
function grouped(words: Int32Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    index % 2 === 0 ? words[index >> 1]! >>> 16 : words[index >> 1]! & 0xffff,
  );
  let start = -1;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
    from = Math.max(from, to - 1);
  }
  const hex = groups.map((group) => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}
