/** Exit codes of every command: 0 done, 1 failed, 2 the input (configuration, arguments) is not valid. */
export const ExitCode = { ok: 0, failed: 1, invalid: 2 } as const;
