import type { IncomingMessage } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';

/** Who asks, for the revision: the token has no name, so the address it was used from. */
export const Author = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { remoteAddress } = context.switchToHttp().getRequest<IncomingMessage>().socket;
  return `api client ${remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'}`;
});
