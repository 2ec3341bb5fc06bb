import { spawnSync } from 'node:child_process';
import { findProgram } from '../site.js';

/** What a program calls its version; null when this machine lacks it. */
export function versionOf(program: string, args: readonly string[], pattern: RegExp): string | null {
  const file = findProgram(program);
  if (file === null) return null;
  const { stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  return pattern.exec(stdout + stderr)?.[1] ?? 'unknown';
}
