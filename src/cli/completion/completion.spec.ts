import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../program.js';
import { completionScript, SHELLS } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'velocity-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

const script = (shell: (typeof SHELLS)[number]) => completionScript(shell, buildProgram());

describe.skipIf(!has('bash'))('bash completion', () => {
  function completed(...words: string[]): string[] {
    const file = join(folder, 'velocity.bash');
    writeFileSync(file, script('bash'));
    const ask = `source ${file}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _velocity; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', ask, 'bash', ...words], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('knows commands, below each other and behind options', () => {
    expect(completed('velocity', 'back')).toEqual(['backends']);
    expect(completed('velocity', '--json', 'backends', 'dr')).toEqual(['drain']);
    expect(completed('velocity', 'backends', 'drain', '--wa')).toEqual(['--wait']);
  });

  it('knows the values of options, and where files belong', () => {
    expect(completed('velocity', 'run', '--algorithm', 'peak')).toEqual(['peak-ewma']);
    expect(completed('velocity', 'token', 'create', 'ci', '--role', '')).toEqual([
      'viewer',
      'operator',
      'admin',
    ]);
    expect(completed('velocity', 'run', '--config', 'velo')).toEqual(['velocity.bash']);
    expect(completed('velocity', 'apply', 'velo')).toEqual(['velocity.bash']);
    expect(completed('velocity', 'logs', '--service', '')).toEqual([]);
  });
});

it.each(SHELLS.filter(has))('the script for %s is valid there', (shell) => {
  const file = join(folder, `check.${shell}`);
  writeFileSync(file, script(shell));
  const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
