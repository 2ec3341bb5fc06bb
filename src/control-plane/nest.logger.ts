import type { LoggerService } from '@nestjs/common';
import type { ApplicationLogger } from '../modules/logging/index.js';

/** Parts of Nest that tell at each start which routes and modules there are: of interest to us, not to an operator. */
const START_UP = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest's own log lines on top of nestjs-pino's logger; the start-up report moves to level debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: ApplicationLogger) {}

  log(message: unknown, ...more: unknown[]): void {
    const component = componentOf(more);
    this.write(START_UP.has(component) ? 'debug' : 'info', message, more);
  }

  error(message: unknown, ...more: unknown[]): void {
    this.write('error', message, more);
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.write('warn', message, more);
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.write('debug', message, more);
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.write('trace', message, more);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
    message: unknown,
    more: unknown[],
  ): void {
    const component = componentOf(more);
    const text = textOf(more);
    if (message instanceof Error) this.logger[level]({ component, err: message }, text ?? message.message);
    else if (isFields(message)) this.logger[level]({ component, ...message }, text);
    else this.logger[level](text === undefined ? { component } : { component, stack: text }, String(message));
  }
}

/** Nest puts the context last. */
function componentOf(more: readonly unknown[]): string {
  const last = more.at(-1);
  return typeof last === 'string' ? last : 'nest';
}

/** Before the context may stand a text: the message of an error or of fields, or the stack of a message. */
function textOf(more: readonly unknown[]): string | undefined {
  const [first] = more;
  return more.length > 1 && typeof first === 'string' ? first : undefined;
}

function isFields(message: unknown): message is object {
  return typeof message === 'object' && message !== null;
}
