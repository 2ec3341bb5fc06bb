import { lstatSync, readlinkSync } from 'node:fs';
import { join, parse, resolve, sep } from 'node:path';

/** As many links as Linux follows. */
const MAX_LINKS = 40;

/**
 * Where something must happen for a path to lead to other bytes: directories with the names in them that count. Each
 * symbolic link on the way has its place, as Kubernetes swaps a directory link (`..data`) to change mounted files.
 */
export function watchPlaces(path: string): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  let { root: directory } = parse(resolve(path));
  let names = namesBelow(directory, resolve(path));
  for (let links = 0; names.length > 0;) {
    const name = names[0]!;
    const target = linkTarget(join(directory, name));
    if (target !== null && links < MAX_LINKS) {
      links++;
      add(places, directory, name);
      const full = resolve(directory, target, ...names.slice(1));
      ({ root: directory } = parse(full));
      names = namesBelow(directory, full);
      continue;
    }
    if (names.length === 1) add(places, directory, name);
    directory = join(directory, name);
    names = names.slice(1);
  }
  return places;
}

function namesBelow(root: string, path: string): string[] {
  return path
    .slice(root.length)
    .split(sep)
    .filter((name) => name !== '');
}

function linkTarget(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

function add(places: Map<string, Set<string>>, directory: string, name: string): void {
  const names = places.get(directory) ?? new Set();
  places.set(directory, names.add(name));
}
