/**
 * Where in the probe interval a backend has its place, 0 (inclusive) to 1: the same after every restart and different
 * for neighbours, so that probes spread evenly without anyone planning it. FNV-1a over the id, then the finishing mix of
 * MurmurHash3, because the high bits of FNV alone differ too little between similar ids.
 */
export function phaseOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
