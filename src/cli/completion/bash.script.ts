import type { CompletedCommand } from './command.tree.js';

/** For bash 4 and newer; also for zsh's bashcompinit. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [path])).join('|');
  const options = commands.flatMap((command) => command.options);
  const flagsOf = (fits: (option: (typeof options)[number]) => boolean) =>
    [...new Set(options.filter(fits).flatMap(({ flags }) => flags))].join('|');
  const choices = new Map(
    options
      .filter((option) => option.choices.length > 0)
      .map((option) => [option.flags.join('|'), option.choices]),
  );
  return `# velocity completion bash
_velocity() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${paths}) path=$path/\${COMP_WORDS[i]} ;;
    esac
  done
  case "$previous" in
${[...choices].map(([flags, values]) => `    ${flags}) COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$current")); return ;;`).join('\n')}
    ${flagsOf(({ takesFile }) => takesFile)}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${flagsOf(({ takesValue, takesFile, choices: values }) => takesValue && !takesFile && values.length === 0)}) return ;;
  esac
  case "$path" in
${commands.map((command) => `    '${command.path}') words='${wordsOf(command)}' ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "$path" in
    ${commands.flatMap(({ path, takesFile }) => (takesFile ? [path] : [])).join('|')}) COMPREPLY+=($(compgen -f -- "$current")) ;;
  esac
}
complete -F _velocity velocity
`;
}

function wordsOf({ subcommands, options }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags.filter((flag) => flag.startsWith('--')));
  return [...subcommands.map(({ text }) => text), ...flags].join(' ');
}
