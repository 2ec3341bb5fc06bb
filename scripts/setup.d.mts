export const root: string;
export const nodeBinary: string;
export function toolEnvironment(): NodeJS.ProcessEnv;
export function ensureInstalled(): void;
export function ensureBuilt(): void;
