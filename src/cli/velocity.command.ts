import { Command, type Help, type Option } from 'commander';

export interface Example {
  readonly line: string;
  /** What it does, in a few words. */
  readonly meaning: string;
}

/** A command with examples, which its help and the documentation show. */
export class VelocityCommand extends Command {
  readonly examples: Example[] = [];
  /** Paragraphs that say more than the description. */
  readonly details: string[] = [];
  /** Whether it speaks to the admin API, so that the options which name it mean something. */
  callsAdmin = true;

  override createCommand(name?: string): VelocityCommand {
    const command = new VelocityCommand(name);
    command.callsAdmin = this.callsAdmin;
    return command;
  }

  example(line: string, meaning: string): this {
    this.examples.push({ line, meaning });
    return this;
  }

  detail(text: string): this {
    this.details.push(text);
    return this;
  }

  /** It needs no balancer. */
  standalone(): this {
    this.callsAdmin = false;
    return this;
  }

  override createHelp(): Help {
    const help = super.createHelp();
    help.showGlobalOptions = true;
    help.visibleGlobalOptions = (command) => globalOptionsOf(command);
    return help;
  }

  override helpInformation(): string {
    const paragraphs = this.details.map((text) => `${text}\n`);
    return [super.helpInformation(), ...paragraphs, ...this.exampleText()].join('\n');
  }

  private exampleText(): string[] {
    if (this.examples.length === 0) return [];
    const width = Math.max(...this.examples.map(({ line }) => line.length));
    const lines = this.examples.map(
      ({ line, meaning }) => `${`  ${line.padEnd(width)}  ${meaning}`.trimEnd()}\n`,
    );
    return [`Examples:\n${lines.join('')}`];
  }
}

/** Those of the program that mean something to this command. */
export function globalOptionsOf(command: Command): Option[] {
  const program = rootOf(command);
  if (program === command) return [];
  const isOfAdmin = (option: Option) => ADMIN_OPTIONS.has(option.attributeName());
  const callsAdmin = command instanceof VelocityCommand && command.callsAdmin;
  return program.options.filter(
    (option) => option.attributeName() !== 'version' && (callsAdmin || !isOfAdmin(option)),
  );
}

const ADMIN_OPTIONS = new Set(['admin', 'token', 'tokenFile', 'ca']);

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
