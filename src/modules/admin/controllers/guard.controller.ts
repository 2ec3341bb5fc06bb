import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import type { Change } from '../../registry/index.js';
import { ChangeEditor } from '../change.editor.js';
import { Described } from '../openapi/described.decorator.js';
import { RequestedChange } from './requested-change.decorator.js';

@Controller('api/v1/guard')
export class GuardController {
  constructor(private readonly editor: ChangeEditor) {}

  @Get()
  @Described({
    summary: 'The change that has to prove itself, and how earlier ones ended',
    description: 'Numbers are of the traffic of this balancer.',
    answer: 'GuardStatus',
  })
  status() {
    return this.editor.guardStatus();
  }

  @Post('confirm')
  @HttpCode(200)
  @Described({
    summary: 'Let the guarded change stay',
    answer: 'Applied',
    revisioned: true,
    isChange: true,
    errors: ['GUARD_NOT_FOUND'],
  })
  confirm(@RequestedChange() change: Change) {
    return this.editor.settle('confirmed', change);
  }

  @Post('revert')
  @HttpCode(200)
  @Described({
    summary: 'Take the guarded change back',
    description: 'What was changed elsewhere since then stays.',
    answer: 'Applied',
    revisioned: true,
    isChange: true,
    errors: ['GUARD_NOT_FOUND', 'REVISION_UNREADABLE', 'CONFIG_INVALID', 'CAPACITY_EXCEEDED'],
  })
  revert(@RequestedChange() change: Change) {
    return this.editor.settle('reverted', change);
  }
}
