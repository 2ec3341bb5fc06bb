import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { authorOf } from './author.js';

/** Who asks, by the name that revisions have. */
export const Author = createParamDecorator((_: unknown, context: ExecutionContext): string =>
  authorOf(context.switchToHttp().getRequest<IncomingMessage>()),
);
