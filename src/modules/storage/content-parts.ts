import type { RevisionContent } from '../registry/index.js';

/** A row or document of `revision_contents`. */
export interface ContentPart extends Omit<RevisionContent, 'parts'> {
  readonly data: Uint8Array;
}

/** Puts the parts, as rows or documents gave them by number and part, together. */
export function assembleContents(parts: readonly ContentPart[]): readonly RevisionContent[] {
  const contents = Map.groupBy(parts, ({ number }) => number);
  return Array.from(contents.values(), (ofOne) => {
    const { number, format, start, digest } = ofOne[0] as ContentPart;
    return { number, format, start, digest, parts: ofOne.map(({ data }) => data) };
  });
}
