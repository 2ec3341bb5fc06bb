import type { Command } from 'commander';
import { bashScript } from './bash.script.js';
import { commandTree } from './command.tree.js';
import { fishScript } from './fish.script.js';
import { zshScript } from './zsh.script.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export type Shell = keyof typeof SCRIPTS;
export const SHELLS = Object.keys(SCRIPTS) as Shell[];

/** What a shell sources to complete the commands and options of the program. */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](commandTree(program));
}
