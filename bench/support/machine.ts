import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import type { Contender } from './contenders/contender.js';
import { VELOCITY } from './contenders/index.js';
import { versionOf } from './contenders/program-version.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(contenders: readonly Contender[] = []): Machine {
  // Velocity runs in several settings, all of one version.
  const programs = contenders.filter(({ name }, index) => index === 0 || !name.startsWith(VELOCITY));
  const versions = programs.map((contender) => [contender.title, contender.version() ?? 'missing'] as const);
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    commit: commit(),
    date: new Date().toISOString(),
    versions: {
      ...Object.fromEntries(versions),
      Node: process.versions.node,
      wrk: versionOf('wrk', ['-v'], /wrk \S*?(\d[\d.]*\S*)/) ?? 'missing',
    },
  };
}

/** Short hash; `-dirty` when files differ from it. */
function commit(): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const { status, stdout } = git('rev-parse', '--short', 'HEAD');
  if (status !== 0) return 'unknown';
  return (
    stdout.trim() + (git('--no-optional-locks', 'status', '--porcelain').stdout.trim() === '' ? '' : '-dirty')
  );
}
