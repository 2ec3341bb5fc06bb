import type { CompletedCommand, CompletedOption } from './command.tree.js';

/** For zsh; to be sourced after `compinit`, or kept as `_velocity` in a folder of `fpath`. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [path])).join('|');
  return `#compdef velocity
_velocity() {
  local path_so_far= word
  for word in \${words[2,CURRENT-1]}; do
    case "$path_so_far/$word" in
      ${paths}) path_so_far=$path_so_far/$word ;;
    esac
  done
  case "$path_so_far" in
${commands.map(caseOf).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_velocity" ]; then _velocity; else compdef _velocity velocity; fi
`;
}

function caseOf({ path, subcommands, options, takesFile }: CompletedCommand): string {
  const lines = [`    '${path}')`];
  if (subcommands.length > 0) {
    const items = subcommands.map(({ text, meaning }) => quoted(`${text}:${plain(meaning)}`));
    lines.push(
      `      local -a commands=(${items.join(' ')})`,
      `      _describe -t commands command commands`,
    );
  }
  lines.push(
    `      _arguments ${[...options.map(argumentOf), ...(takesFile ? [`'*:file:_files'`] : [])].join(' ')} && return 0`,
  );
  return [...lines, '      ;;'].join('\n');
}

function argumentOf({ flags, meaning, takesValue, takesFile, choices }: CompletedOption): string {
  const action = choices.length > 0 ? `(${choices.join(' ')})` : takesFile ? '_files' : ' ';
  const value = takesValue ? `:value:${action}` : '';
  const text = `[${plain(meaning)}]${value}`;
  if (flags.length === 1) return quoted(`*${flags[0]}${text}`);
  return `'(${flags.join(' ')})'{${flags.join(',')}}${quoted(text)}`;
}

/** Without what `_describe` and `_arguments` read as syntax. */
function plain(text: string): string {
  return text.replaceAll(':', ' -').replaceAll(/[[\]]/g, '');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`;
}
