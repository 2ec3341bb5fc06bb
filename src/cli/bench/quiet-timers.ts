const NEGATIVE = 'TimeoutNegativeWarning';

/**
 * A timer of autocannon that is put off in the moment in which it fires is set to a time that has passed, which Node warns
 * of. It fires at once, as it should: nobody has to read that.
 */
export function quietTimers(): void {
  const emit = process.emitWarning.bind(process) as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] !== NEGATIVE) emit(warning, ...rest);
  }) as typeof process.emitWarning;
}
