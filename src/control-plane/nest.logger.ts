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
    const fields = { component: componentOf(more), ...stackOf(more) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[level]({ ...fields, ...message });
    else this.logger[level](fields, String(message));
  }
}

/** Nest puts the context last. */
function componentOf(more: readonly unknown[]): string {
  const last = more.at(-1);
  return typeof last === 'string' ? last : 'nest';
}

/** For errors a stack may stand before the context. */
function stackOf(more: readonly unknown[]): { stack?: string } {
  const [first] = more;
  return more.length > 1 && typeof first === 'string' ? { stack: first } : {};
}
