import { Injectable } from '@nestjs/common';
import { parseDuration } from '../../common/config/index.js';
import { VelocityError } from '../../common/errors/index.js';
import type { TokenDetails } from '../access/index.js';
import { Answer } from './http/answer.js';
import { TokenPort } from './ports.js';
import {
  type MadeTokenResource,
  type TokenRequest,
  tokenRequestSchema,
  type TokenResource,
} from './resources/token.resource.js';

/** Makes, shows and revokes tokens over the API. */
@Injectable()
export class TokenEditor {
  constructor(private readonly tokens: TokenPort) {}

  /** `author` is who asked. */
  async create(body: unknown, author: string): Promise<Answer<MadeTokenResource>> {
    const { name, role, expires = null } = parseTokenRequest(body);
    const expiresAt = expires === null ? null : Date.now() + (parseDuration(expires) ?? 0);
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

/** Throws CONFIG_INVALID with everything that is wrong. */
function parseTokenRequest(body: unknown): TokenRequest {
  const result = tokenRequestSchema.safeParse(body);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const [first] = issues;
  throw new VelocityError('CONFIG_INVALID', `The token cannot be made: ${first?.path} ${first?.message}.`, {
    issues,
  });
}
