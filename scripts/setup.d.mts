export const root: string;
export const nodeBinary: string;
export function toolEnvironment(): NodeJS.ProcessEnv;
export function run(command: string, args: readonly string[], options?: { quiet?: boolean }): void;
export function ensureInstalled(): void;
export function ensureBuilt(): void;
