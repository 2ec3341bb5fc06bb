import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '../../../common/contract/index.js';
import { VelocityError } from '../../../common/errors/index.js';
import { includesRole } from '../../access/index.js';
import { setPrincipal } from './caller.js';
import { CredentialCheck } from './credential.check.js';
import { OPEN_ROUTE } from './open-route.decorator.js';
import { REQUIRED_ROLE, usualRole } from './requires-role.decorator.js';

/** Lets a request pass whose caller has a role that is enough for the route. Runs before the body is read. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly credentials: CredentialCheck,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(OPEN_ROUTE, places)) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<IncomingMessage>();
    const principal = await this.credentials.principalOf(request, http.getResponse<ServerResponse>());
    setPrincipal(request, principal);
    const needed =
      this.reflector.getAllAndOverride<Role | undefined>(REQUIRED_ROLE, places) ??
      usualRole(request.method ?? 'GET');
    if (includesRole(principal.role, needed)) return true;
    throw new VelocityError(
      'FORBIDDEN',
      `This needs the role ${needed}, and ${principal.name} is ${principal.role}: use another token, or have an admin make one.`,
    );
  }
}
