import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { mongo } from 'mongoose';
import type { DesiredState } from '../../registry/index.js';
import type { AppliedFileDocument } from './documents.js';

/** As JSON. A larger file is stored compressed: as a document it could exceed 16 MiB. */
const MOST_READABLE = 4_000_000;

export function appliedFileDocument(state: DesiredState | null): AppliedFileDocument {
  const text = JSON.stringify(state);
  if (text.length <= MOST_READABLE) return { _id: 'appliedFile', state };
  return { _id: 'appliedFile', state: null, data: new mongo.Binary(zstdCompressSync(text)) };
}

export function appliedFileIn(document: AppliedFileDocument | null): DesiredState | null {
  if (document?.data === undefined) return document?.state ?? null;
  return JSON.parse(zstdDecompressSync(document.data.value()).toString()) as DesiredState;
}
