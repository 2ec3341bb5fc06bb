const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Where hashing of a text starts. */
export const HASH_START = FNV_OFFSET | 0;

/**
 * Takes a text into a running hash (FNV-1a, a UTF-16 unit at a time: the keys are ASCII). No allocation. The result
 * is to be finished with {@link mixBits}. Keys choose a backend, nothing that needs a secret.
 */
export function hashText(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash;
}

/** Spreads every bit over all 32 (the finaliser of MurmurHash3): a bijection, signed. */
export function mixBits(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
