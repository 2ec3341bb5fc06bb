import type { CompletedCommand, CompletedOption } from './command.tree.js';

/** For fish: to be kept as `completions/velocity.fish`, or sourced. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [path])).join(' ');
  return `function __velocity_path
  set -l path ''
  for word in (commandline -opc)[2..-1]
    contains -- "$path/$word" ${paths}; and set path "$path/$word"
  end
  echo "$path"
end
complete -c velocity -f
${commands.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, subcommands, options, takesFile }: CompletedCommand): string[] {
  const start = `complete -c velocity -n 'test "$(__velocity_path)" = "${path}"'`;
  return [
    ...subcommands.map(({ text, meaning }) => `${start} -a ${text} -d ${quoted(meaning)}`),
    ...options.map((option) => `${start} ${optionOf(option)}`),
    ...(takesFile ? [`${start} -F`] : []),
  ];
}

function optionOf({ flags, meaning, takesValue, takesFile, choices }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const values = choices.length > 0 ? ` -a ${quoted(choices.join(' '))}` : '';
  return `${names.join(' ')}${takesValue ? ' -r' : ''}${takesFile ? ' -F' : ''}${values} -d ${quoted(meaning)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
