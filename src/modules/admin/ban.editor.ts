import { Injectable } from '@nestjs/common';
import type { BanDetails } from '../bans/index.js';
import { Answer } from './http/answer.js';
import { BanPort } from './ports.js';
import { type RawQuery, refusedParameter } from './query.reader.js';
import { parseRequest } from './request.parser.js';
import { banRequestSchema } from './resources/ban.resource.js';
import { endOf } from './resources/time.resource.js';

/** Bans and lifts bans over the API. */
@Injectable()
export class BanEditor {
  constructor(private readonly bans: BanPort) {}

  /** `author` is who asked. */
  async ban(body: unknown, author: string): Promise<Answer<{ items: readonly BanDetails[] }>> {
    const {
      cidr,
      for: length = null,
      note = '',
      shadow = false,
      force = false,
    } = parseRequest(banRequestSchema, body, 'ban');
    const expiresAt = endOf(length);
    const networks = typeof cidr === 'string' ? [cidr] : cidr;
    const items = await this.bans.ban({ networks, note, author, shadow, expiresAt, force });
    const [only] = items;
    const location = items.length === 1 ? `/api/v1/bans/${only!.id}` : '/api/v1/bans';
    return new Answer({ items }, { location });
  }

  lift(id: string): Promise<void> {
    return this.bans.lift(id);
  }

  liftNetwork(query: RawQuery): Promise<void> {
    const { cidr } = query;
    if (typeof cidr !== 'string') throw refusedParameter('cidr', 'must be the network whose ban is lifted');
    return this.bans.liftNetwork(cidr);
  }
}
