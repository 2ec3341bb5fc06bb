export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the Prometheus text format, as far as it is our own. */
export function samplesOf(text: string, names: readonly string[]): ReadonlyMap<string, readonly Sample[]> {
  const found = new Map<string, Sample[]>(names.map((name) => [name, []]));
  for (const line of text.split('\n')) {
    const name = /^[a-z_]+/.exec(line)?.[0];
    const samples = name === undefined ? undefined : found.get(name);
    if (samples === undefined) continue;
    const value = Number(line.slice(line.lastIndexOf(' ') + 1));
    samples.push({ labels: labelsIn(line), value });
  }
  return found;
}

function labelsIn(line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of line.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name!] = value!.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}
