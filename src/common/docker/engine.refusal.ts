import { VelocityError } from '../errors/index.js';

const MAX_TEXT = 300;

/** The engine's own answer that it does not do what was asked. */
export class EngineRefusal extends Error {
  private constructor(
    /** Of HTTP. */
    readonly status: number,
    /** What the engine said, in one line. */
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.name = 'EngineRefusal';
  }

  /** From an error of dockerode; null: it is about something else than an answer. */
  static from(error: unknown): EngineRefusal | null {
    const { statusCode, json, message = '' } = (error ?? {}) as DockerodeError;
    if (typeof statusCode !== 'number') return null;
    const said = typeof json?.message === 'string' ? json.message : withoutPrefix(message);
    return new EngineRefusal(statusCode, oneLine(said), error);
  }

  /** As drivers report it: what is wrong with the settings is refused, what is wrong with the engine may pass. */
  asVelocityError(what: string): VelocityError {
    const code = this.status >= 500 ? 'DRIVER_UNAVAILABLE' : 'DRIVER_REFUSED';
    const forbidden = this.status === 403 ? ' (a proxy before the engine must allow this call)' : '';
    return new VelocityError(code, `${what}: ${this.message}${forbidden}`, { cause: this });
  }
}

interface DockerodeError {
  readonly statusCode?: unknown;
  readonly json?: { readonly message?: unknown } | null;
  readonly message?: string;
}

/** `(HTTP code 404) no such container - `, which dockerode puts before what was said. Proxies answer with pages. */
function withoutPrefix(message: string): string {
  return message.replace(/^\(HTTP code \d+\) .*? - /, '').replaceAll(/<[^>]*>/g, ' ');
}

/** A text of the engine in one line of bounded length. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
