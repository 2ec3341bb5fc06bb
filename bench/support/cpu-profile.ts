import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What V8's profiler writes. Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  readonly us: number;
}

/** Self time of one thread; every list in descending order. */
export interface ProfileSummary {
  readonly totalUs: number;
  /** Waiting for events. */
  readonly idleUs: number;
  readonly functions: readonly Share[];
  readonly files: readonly Share[];
  readonly kinds: readonly Share[];
}

/** V8's names for what is no function of JavaScript. */
const IDLE = '(idle)';
/** Its own start is in the samples, and tells nothing. */
const PROFILER = 'node:inspector';
const PACKAGES = 'node_modules/';
const KINDS: ReadonlyMap<string, string> = new Map([
  ['(program)', 'native code and system calls: (program)'],
  ['(garbage collector)', 'garbage collection'],
]);

/** Sums up self time; paths are told from the folder of the build on. */
export function summarize(profile: CpuProfile, dist: string): ProfileSummary {
  const selfUs = new Map<number, number>();
  profile.samples.forEach((id, index) => selfUs.set(id, (selfUs.get(id) ?? 0) + profile.timeDeltas[index]!));
  const [functions, files, kinds] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let [totalUs, idleUs] = [0, 0];
  for (const { id, callFrame } of profile.nodes) {
    const us = selfUs.get(id) ?? 0;
    if (callFrame.url === PROFILER) continue;
    totalUs += us;
    if (callFrame.functionName === IDLE) {
      idleUs += us;
      continue;
    }
    const file = fileOf(callFrame.url, dist);
    const name = callFrame.functionName || '(anonymous)';
    add(functions, file === '' ? name : `${name}  ${file}:${callFrame.lineNumber + 1}`, us);
    if (file !== '') add(files, file, us);
    add(kinds, KINDS.get(name) ?? kindOf(file), us);
  }
  return { totalUs, idleUs, functions: ordered(functions), files: ordered(files), kinds: ordered(kinds) };
}

function kindOf(file: string): string {
  if (file === '') return 'native functions called by name (writes, reads)';
  if (file.startsWith('node:')) return 'JavaScript of Node';
  return file.includes('node_modules/') ? 'JavaScript of packages' : 'JavaScript of Velocity';
}

function fileOf(url: string, dist: string): string {
  if (!url.startsWith('file:')) return url;
  const file = fileURLToPath(url);
  const inPackages = file.lastIndexOf(PACKAGES);
  return inPackages === -1 ? path.relative(dist, file) : file.slice(inPackages);
}

function add(sums: Map<string, number>, name: string, us: number): void {
  if (us > 0) sums.set(name, (sums.get(name) ?? 0) + us);
}

function ordered(sums: ReadonlyMap<string, number>): readonly Share[] {
  return [...sums].map(([name, us]) => ({ name, us })).toSorted((a, b) => b.us - a.us);
}
