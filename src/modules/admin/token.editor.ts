import { Injectable } from '@nestjs/common';
import type { TokenDetails } from '../access/index.js';
import { Answer } from './http/answer.js';
import { TokenPort } from './ports.js';
import { parseRequest } from './request.parser.js';
import {
  type MadeTokenResource,
  tokenRequestSchema,
  type TokenResource,
} from './resources/token.resource.js';
import { endOf } from './resources/time.resource.js';

/** Makes, shows and revokes tokens over the API. */
@Injectable()
export class TokenEditor {
  constructor(private readonly tokens: TokenPort) {}

  /** `author` is who asked. */
  async create(body: unknown, author: string): Promise<Answer<MadeTokenResource>> {
    const { name, role, expires = null } = parseRequest(tokenRequestSchema, body, 'token');
    const expiresAt = endOf(expires);
    const { details, text } = await this.tokens.create({ name, role, expiresAt, createdBy: author });
    return new Answer({ token: text, ...details }, { location: `/api/v1/tokens/${details.id}` });
  }

  async list(): Promise<{ items: readonly TokenResource[] }> {
    return { items: await this.tokens.list() };
  }

  get(id: string): Promise<TokenDetails> {
    return this.tokens.get(id);
  }

  revoke(id: string): Promise<void> {
    return this.tokens.revoke(id);
  }
}
