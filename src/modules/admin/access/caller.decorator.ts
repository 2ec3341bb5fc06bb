import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Principal } from '../../access/index.js';
import { principalOf } from './caller.js';

/** Who asks: a parameter of a route that is not open. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = principalOf(context.switchToHttp().getRequest<IncomingMessage>());
  if (principal === null) throw new Error('An open route has no caller.');
  return principal;
});
