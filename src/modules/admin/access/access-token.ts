import { createHash, timingSafeEqual } from 'node:crypto';

/** The bearer token of the admin API. Only its digest is compared, so a comparison tells nothing about the token. */
export class AccessToken {
  private readonly digest: Buffer;

  constructor(readonly value: string) {
    this.digest = sha256(value);
  }

  /** Takes the same time for every candidate: `timingSafeEqual` needs equal lengths, which digests have. */
  matches(candidate: string): boolean {
    return timingSafeEqual(sha256(candidate), this.digest);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
