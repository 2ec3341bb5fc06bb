import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { authorOf } from '../../access/index.js';
import { addressOf, principalOf } from '../access/caller.js';

/** Who asks, for the revision. */
export const Author = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const request = context.switchToHttp().getRequest<IncomingMessage>();
  const principal = principalOf(request);
  if (principal === null) throw new Error('An open route has no author.');
  return authorOf(principal, addressOf(request));
});
