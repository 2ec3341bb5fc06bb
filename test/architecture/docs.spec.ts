import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
/** What a start makes, and what stands for something to be chosen. */
const NOT_IN_THE_TREE = /^(data|dist|node_modules)\/|[<>*{}$]/;
const TOP_FOLDERS = [
  'src',
  'test',
  'docs',
  'config',
  'scripts',
  'bench',
  'bin',
  'dashboard',
  'docker',
  'deploy',
  '.ci',
];

/** Paths of the tree that a page names: as code, or as the target of a link. */
function pathsIn(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8').replace(/```[^]*?```/g, '');
  const asCode = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1]!);
  const inTree = asCode.filter((name) => TOP_FOLDERS.some((folder) => name.startsWith(`${folder}/`)));
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) =>
    path.join(path.dirname(page), match[1]!),
  );
  return [...inTree, ...linked].filter((name) => !NOT_IN_THE_TREE.test(name));
}

describe('the documentation', () => {
  it('is found', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']));
  });

  it.each(PAGES)('%s names only paths that exist', (page) => {
    expect(pathsIn(page).filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
  });

  it('explains each drop reason and each module', () => {
    const architecture = readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8');
    const reasons = readFileSync(path.join(ROOT, 'src/common/contract/drop-reasons.ts'), 'utf8');
    const names = [...reasons.matchAll(/^ {2}([a-z_]+): \{ code/gm)].map((match) => match[1]!);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !architecture.includes(`\`${name}\``))).toEqual([]);
    const modules = globSync('src/modules/*', { cwd: ROOT });
    expect(modules.filter((name) => !architecture.includes(`\`${name}\``))).toEqual([]);
  });
});
