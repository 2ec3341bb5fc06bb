import { quoted } from './quoted.js';
const UNIT_BYTES = {
  B: 1,
  kB: 1_000,
  KB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
} as const;
const SIZE = /^(\d{1,12}(?:\.\d{1,3})?) ?(B|kB|KB|MB|GB|KiB|MiB|GiB)$/;

/** What a size field allows. Both bounds are inclusive bytes. */
export interface SizeLimits {
  readonly min: number;
  readonly max: number;
}

/** Bytes of a text such as `16KiB` (1024 each) or `1MB` (1000 each); null when it is no size. */
export function parseSize(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const match = SIZE.exec(text);
  if (!match) return null;
  return Math.floor(Number(match[1]) * UNIT_BYTES[match[2] as keyof typeof UNIT_BYTES]);
}

/** Bytes of a size that validation has accepted; throws on any other text. */
export function bytes(text: string): number {
  const size = parseSize(text);
  if (size === null) throw new TypeError(`${text} is no size`);
  return size;
}

/** The shortest exact text in binary units for a number of bytes, such as `16KiB` for 16384. */
export function formatSize(bytes: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    if (bytes >= UNIT_BYTES[unit] && bytes % UNIT_BYTES[unit] === 0)
      return `${bytes / UNIT_BYTES[unit]}${unit}`;
  }
  return `${bytes}B`;
}

/** What is wrong with the text as a size, and what to write instead; null when nothing is. */
export function sizeProblem(text: string, limits: SizeLimits): string | null {
  const bytes = parseSize(text);
  if (bytes === null) {
    return `${quoted(text)} is no size: write a number and a unit (B, kB, MB, KiB, MiB), such as ${formatSize(limits.min)}`;
  }
  if (bytes < limits.min || bytes > limits.max) {
    return `${text} is out of range: write a size from ${formatSize(limits.min)} to ${formatSize(limits.max)}`;
  }
  return null;
}
