import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { VelocityError } from '../../../common/errors/index.js';
import { AccessToken } from './access-token.js';
import { FailureThrottle } from './failure.throttle.js';
import { OPEN_ROUTE } from './open-route.decorator.js';

const BEARER = /^bearer +(\S+) *$/i;

/**
 * Lets a request pass that carries the bearer token. Runs before the body is read.
 *
 * Wrong tokens are counted per address and answered 429 beyond the limit. The right token passes even then: it has 256
 * random bits, so guessing is hopeless anyway, while a lock-out would let anybody behind the operator's address shut
 * the operator out. A request without a token is no guess and is not counted.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly token: AccessToken,
    private readonly throttle: FailureThrottle,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>(OPEN_ROUTE, [context.getHandler(), context.getClass()])) {
      return true;
    }
    const http = context.switchToHttp();
    const credential = BEARER.exec(http.getRequest<IncomingMessage>().headers.authorization ?? '')?.[1];
    if (credential === undefined) {
      throw new VelocityError(
        'UNAUTHENTICATED',
        'This needs the header "Authorization: Bearer <token>"; the token is in the file of admin.tokenFile.',
      );
    }
    if (this.token.matches(credential)) return true;
    throw this.refused(http.getRequest<IncomingMessage>(), http.getResponse<ServerResponse>());
  }

  private refused(request: IncomingMessage, response: ServerResponse): VelocityError {
    const waitSeconds = this.throttle.fail(request.socket.remoteAddress ?? '');
    if (waitSeconds === 0) {
      return new VelocityError(
        'UNAUTHENTICATED',
        'The bearer token is not the one of this balancer; it is in the file of admin.tokenFile.',
      );
    }
    response.setHeader('Retry-After', waitSeconds);
    return new VelocityError(
      'TOO_MANY_FAILURES',
      `Too many wrong tokens from this address: wait ${waitSeconds} s before trying another one.`,
    );
  }
}
