import type { destination, DestinationStream, Logger, LoggerOptions } from 'pino';
import type { VelocityConfig } from '../../../common/config/index.js';

export type LogSettings = VelocityConfig['log'];

/** Lines that wait for an output which cannot be written. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;

/** A pino logger; our own classes take the narrower `VelocityLogger`. */
export type ApplicationLogger = Logger;

/** Where secrets would stand in what is logged. The request serializer leaves headers out altogether. */
const SECRET_FIELDS = ['authorization', 'cookie', '["set-cookie"]', 'token', 'password', 'affinitySecret'];
const SECRET_PLACES = ['', '*.', '*.*.', '*.*.*.'];
const REDACTED_PATHS = SECRET_PLACES.flatMap((place) =>
  SECRET_FIELDS.map((field) =>
    field.startsWith('[') ? `${place.slice(0, -1)}${field}` : `${place}${field}`,
  ),
);

/**
 * Makes the application log: one JSON object per line on the standard output, or text for people (`format: auto`: when
 * that is a terminal). Needs nothing of Nest, so it is there from the first line of the program to the last; lines are
 * written synchronously, so none is lost when the process ends.
 *
 * @param destination Instead of the standard output.
 */
export async function createApplicationLogger(
  settings: LogSettings,
  destination?: DestinationStream,
): Promise<ApplicationLogger> {
  const { default: pino } = await import('pino');
  const options: LoggerOptions = {
    level: settings.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
  };
  const output = destination ?? standardOutput(pino.destination);
  return pino(options, isPretty(settings) ? await prettified(output, destination === undefined) : output);
}

/**
 * A log that cannot be written, because the disk behind it is full or its reader is gone, must not stop traffic: lines
 * wait, up to a limit beyond which new ones are dropped, and go out with the first write that succeeds.
 */
function standardOutput(open: typeof destination): DestinationStream {
  const output = open({ dest: 1, sync: true, maxLength: MAX_UNWRITTEN_BYTES });
  output.on('error', () => undefined);
  // Only `write`: pino flushes after a fatal line, and sonic-boom's flush goes on until the disk has room again.
  return { write: (line) => output.write(line) };
}

function isPretty({ format }: LogSettings): boolean {
  return format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
}

/**
 * Loaded only here: it costs memory that a server without a terminal need not pay. Its formatter is used without its
 * stream, which would write later and lose the last lines of a process that fails.
 */
async function prettified(output: DestinationStream, isOwnOutput: boolean): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const prettify = prettyFactory({
    colorize: isOwnOutput && process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
  });
  return { write: (line) => output.write(prettify(line)) };
}
