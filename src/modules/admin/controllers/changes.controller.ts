import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import type { ParsedDesired } from '../../../common/config/index.js';
import type { Change } from '../../registry/index.js';
import { ChangeEditor } from '../change.editor.js';
import { GUARD_PARAMETERS } from '../change.query.js';
import { ConfigBody, CONFIG_TYPES } from '../http/config-body.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { STATE_EXAMPLES } from '../openapi/examples.js';
import { GUARD_QUERY, MODE_QUERY, REPLAY_QUERY } from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';
import { RequestedChange } from './requested-change.decorator.js';

const BODY = { schema: 'ProposedState', examples: STATE_EXAMPLES, mediaTypes: CONFIG_TYPES } as const;

@Controller('api/v1')
export class ChangesController {
  constructor(private readonly editor: ChangeEditor) {}

  @Post('plan')
  @HttpCode(200)
  @ConfigBody()
  @Described({
    summary: 'What a configuration would change, without changing it',
    description:
      'With the newest exchanges of the access log decided anew: which would move, be refused, or be served again.',
    body: BODY,
    query: [MODE_QUERY, REPLAY_QUERY],
    answer: 'Plan',
    revisioned: true,
    errors: ['CONFIG_INVALID', 'CAPACITY_EXCEEDED', 'STORE_UNAVAILABLE'],
  })
  plan(@Body() body: ParsedDesired, @Query() query: RawQuery) {
    return this.editor.plan(body, query);
  }

  @Post('apply')
  @HttpCode(200)
  @ConfigBody()
  @Described({
    summary: 'Apply a configuration, under guard if wanted',
    description:
      'YAML may be a whole configuration file: what only a start reads is passed over, with a notice. Placeholders are not replaced.',
    body: BODY,
    query: [MODE_QUERY, ...GUARD_QUERY],
    answer: 'Applied',
    revisioned: true,
    isChange: true,
    errors: ['CONFIG_INVALID', 'CAPACITY_EXCEEDED', 'GUARD_ACTIVE'],
  })
  apply(
    @Body() body: ParsedDesired,
    @Query() query: RawQuery,
    @RequestedChange(['mode', ...GUARD_PARAMETERS]) change: Change,
  ) {
    return this.editor.apply(body, query, change);
  }
}
