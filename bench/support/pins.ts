import { readFileSync } from 'node:fs';

/** Lists of cores for taskset; null: not pinned. */
export interface Pins {
  readonly proxy: string | null;
  /** Origin, load generator and this program. */
  readonly load: string | null;
}

/** The proxy alone on the last core that we may use, everything else on the others: the same for every proxy. */
export function choosePins(pinned: boolean): Pins {
  const cores = allowedCores();
  if (!pinned) return { proxy: null, load: null };
  if (cores.length < 2) {
    console.log('not pinned: this machine gives one core, so proxies and load share it');
    return { proxy: null, load: null };
  }
  return { proxy: String(cores.at(-1)), load: cores.slice(0, -1).join(',') };
}

function allowedCores(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const [, list = '0'] = /^Cpus_allowed_list:\s+(\S+)/m.exec(status) ?? [];
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
