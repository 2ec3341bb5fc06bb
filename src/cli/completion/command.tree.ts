import type { Command, Option } from 'commander';
import { globalOptionsOf } from '../velocity.command.js';

/** A word that may be typed, and what it means. */
export interface Word {
  readonly text: string;
  readonly meaning: string;
}

export interface CompletedOption {
  /** `--watch`, and `-w` where there is one. */
  readonly flags: readonly string[];
  readonly meaning: string;
  readonly takesValue: boolean;
  readonly takesFile: boolean;
  /** Values that it may have; empty: any. */
  readonly choices: readonly string[];
}

/** One command, reached by `path`, such as `/backends/drain`; the program itself is the empty path. */
export interface CompletedCommand {
  readonly path: string;
  readonly subcommands: readonly Word[];
  readonly options: readonly CompletedOption[];
  /** Whether an argument names a file. */
  readonly takesFile: boolean;
}

/** The command and all below it. */
export function commandTree(command: Command, path = ''): CompletedCommand[] {
  const subcommands = visibleSubcommands(command);
  const options = [...command.options, ...globalOptionsOf(command)].map(completedOption);
  const takesFile = command.registeredArguments.some((argument) => isFile(argument.name()));
  const words = subcommands.map((sub) => ({ text: sub.name(), meaning: sub.description() }));
  return [
    { path, subcommands: words, options: [...options, HELP], takesFile },
    ...subcommands.flatMap((sub) => commandTree(sub, `${path}/${sub.name()}`)),
  ];
}

/** Those that its help lists, without `help` itself. */
export function visibleSubcommands(command: Command): readonly Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((sub) => sub.name() !== 'help');
}

const HELP: CompletedOption = {
  flags: ['--help', '-h'],
  meaning: 'what it does',
  takesValue: false,
  takesFile: false,
  choices: [],
};

function completedOption(option: Option): CompletedOption {
  const { long, short, description, argChoices } = option;
  const takesValue = option.required || option.optional;
  return {
    flags: [long, short].filter((flag): flag is string => flag !== undefined && flag !== null),
    meaning: description,
    takesValue: option.required,
    takesFile: takesValue && /<(?:file|folder)>/.test(option.flags),
    choices: argChoices ?? [],
  };
}

function isFile(argument: string): boolean {
  return /^files?$/i.test(argument) || /^file-or-/i.test(argument);
}
