import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 6;
const SECRET_BYTES = 32;
const FORM = /^vel_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;
/** Compared with when there is no such token: equal to no digest of a text that anybody could find. */
const NO_DIGEST = '0'.repeat(64);

export interface TokenText {
  readonly id: string;
  /** `vel_<id>_<secret>`; the secret has 256 random bits. */
  readonly text: string;
}

export function makeTokenText(): TokenText {
  const id = randomBytes(ID_BYTES).toString('hex');
  return { id, text: `vel_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` };
}

/** null: it is no token of ours. */
export function tokenIdOf(text: string): string | null {
  return FORM.exec(text)?.[1] ?? null;
}

/** A plain digest is enough: there is nothing to guess in 256 random bits. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Takes the same time whatever the text, also when there is no digest to compare with. */
export function matchesDigest(text: string, digest: string | undefined): boolean {
  const expected = Buffer.from(digest ?? NO_DIGEST, 'hex');
  const actual = Buffer.from(digestOf(text), 'hex');
  // A row that somebody edited by hand may hold anything.
  return expected.length === actual.length && timingSafeEqual(actual, expected) && digest !== undefined;
}
