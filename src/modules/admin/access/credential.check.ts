import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { isVelocityError, VelocityError } from '../../../common/errors/index.js';
import { ANONYMOUS, FILE_PRINCIPAL, type Principal } from '../../access/index.js';
import { TokenPort } from '../ports.js';
import { AccessToken } from './access-token.js';
import { addressOf } from './caller.js';
import { FailureThrottle } from './failure.throttle.js';

const BEARER = /^bearer +(\S+) *$/i;

/** How callers are told apart. */
export abstract class AuthPolicy {
  /** `off`: everybody is an admin, and no token is looked at. */
  abstract readonly authentication: 'token' | 'off';
}

/**
 * Finds out who asks.
 *
 * Wrong tokens are counted per address and answered 429 beyond the limit. A right token passes even then: it has 256
 * random bits, so guessing is hopeless anyway, while a lock-out would let anybody behind the operator's address shut
 * the operator out. A request without a token is no guess and is not counted.
 */
@Injectable()
export class CredentialCheck {
  constructor(
    private readonly policy: AuthPolicy,
    private readonly fileToken: AccessToken,
    private readonly tokens: TokenPort,
    private readonly throttle: FailureThrottle,
  ) {}

  /** Rejects with UNAUTHENTICATED, TOO_MANY_FAILURES, or STORE_UNAVAILABLE when the tokens cannot be known. */
  async principalOf(request: IncomingMessage, response: ServerResponse): Promise<Principal> {
    if (this.policy.authentication === 'off') return ANONYMOUS;
    const credential = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (credential === undefined) {
      throw new VelocityError(
        'UNAUTHENTICATED',
        'This needs the header "Authorization: Bearer <token>": one that an admin made, or the one in the file of admin.tokenFile.',
      );
    }
    if (this.fileToken.matches(credential)) return FILE_PRINCIPAL;
    try {
      return await this.tokens.authenticate(credential);
    } catch (error) {
      throw isVelocityError(error, 'UNAUTHENTICATED') ? this.counted(error, request, response) : error;
    }
  }

  private counted(error: VelocityError, request: IncomingMessage, response: ServerResponse): VelocityError {
    const waitSeconds = this.throttle.fail(addressOf(request));
    if (waitSeconds === 0) return error;
    response.setHeader('Retry-After', waitSeconds);
    return new VelocityError(
      'TOO_MANY_FAILURES',
      `Too many wrong tokens from this address: wait ${waitSeconds} s before trying another one.`,
    );
  }
}
