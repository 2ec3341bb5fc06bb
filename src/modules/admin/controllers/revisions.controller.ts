import { Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import type { Change } from '../../registry/index.js';
import { ChangeEditor } from '../change.editor.js';
import { GUARD_PARAMETERS } from '../change.query.js';
import { YamlInterceptor } from '../http/yaml.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { GUARD_QUERY, REPLAY_QUERY } from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';
import { RevisionReader } from '../revision.reader.js';
import { RequestedChange } from './requested-change.decorator.js';

@Controller('api/v1/revisions/:number')
export class RevisionsController {
  constructor(
    private readonly reader: RevisionReader,
    private readonly editor: ChangeEditor,
  ) {}

  @Get()
  @Described({
    summary: 'One revision',
    answer: 'Revision',
    revisioned: true,
    errors: ['REVISION_NOT_FOUND', 'STORE_UNAVAILABLE'],
  })
  revision(@Param('number') number: string) {
    return this.reader.revision(number);
  }

  @Get('config')
  @UseInterceptors(YamlInterceptor)
  @Described({
    summary: 'The desired state that a revision held',
    description: 'JSON, or YAML with `Accept: application/yaml`.',
    answer: 'DesiredState',
    mediaTypes: ['application/json', 'application/yaml'],
    revisioned: true,
    errors: ['REVISION_NOT_FOUND', 'REVISION_UNREADABLE', 'STORE_UNAVAILABLE'],
  })
  config(@Param('number') number: string) {
    return this.reader.config(number);
  }

  @Get('diff')
  @Described({
    summary: 'What a revision differs in from another one',
    query: [
      {
        name: 'against',
        description: 'A revision, or `current`. Default: the one before.',
        example: 'current',
      },
    ],
    answer: 'RevisionDiff',
    revisioned: true,
    errors: ['REVISION_NOT_FOUND', 'REVISION_UNREADABLE', 'STORE_UNAVAILABLE'],
  })
  diff(@Param('number') number: string, @Query() query: RawQuery) {
    return this.reader.diff(number, query);
  }

  @Post('plan')
  @HttpCode(200)
  @Described({
    summary: 'What a rollback to a revision would change, without changing it',
    query: [REPLAY_QUERY],
    answer: 'Plan',
    revisioned: true,
    errors: [
      'REVISION_NOT_FOUND',
      'REVISION_UNREADABLE',
      'CONFIG_INVALID',
      'CAPACITY_EXCEEDED',
      'STORE_UNAVAILABLE',
    ],
  })
  plan(@Param('number') number: string, @Query() query: RawQuery) {
    return this.editor.planRollback(number, query);
  }

  @Post('rollback')
  @HttpCode(200)
  @Described({
    summary: 'Bring back what a revision held, under guard if wanted',
    description: 'As a new revision. A backend that is gone comes back as desired; its health decides.',
    query: GUARD_QUERY,
    answer: 'Applied',
    revisioned: true,
    isChange: true,
    errors: [
      'REVISION_NOT_FOUND',
      'REVISION_UNREADABLE',
      'CONFIG_INVALID',
      'CAPACITY_EXCEEDED',
      'GUARD_ACTIVE',
    ],
  })
  rollback(
    @Param('number') number: string,
    @Query() query: RawQuery,
    @RequestedChange([...GUARD_PARAMETERS]) change: Change,
  ) {
    return this.editor.rollback(number, query, change);
  }
}
