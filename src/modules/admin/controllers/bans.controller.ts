import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { BanEditor } from '../ban.editor.js';
import { BanReader } from '../ban.reader.js';
import { JsonBody } from '../http/json-body.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { BAN_EXAMPLES } from '../openapi/examples.js';
import { BAN_QUERY, CHECK_QUERY, LIFT_QUERY } from '../openapi/query-parameters.js';
import type { RawQuery } from '../query.reader.js';
import { Author } from './author.decorator.js';

@Controller('api/v1/bans')
export class BansController {
  constructor(
    private readonly reader: BanReader,
    private readonly editor: BanEditor,
  ) {}

  @Get()
  @Described({ summary: 'Bans that apply, the newest first', query: BAN_QUERY, answer: 'BanPage' })
  list(@Query() query: RawQuery) {
    return this.reader.list(query);
  }

  @Post()
  @JsonBody()
  @Described({
    summary: 'Ban addresses or networks',
    description:
      'They are kept out at once here, and within two seconds by other balancers of the same store. What is banned already is banned for longer. Either all or none are taken.',
    body: { schema: 'BanRequest', examples: BAN_EXAMPLES },
    answer: 'BanList',
    status: 201,
    errors: ['CONFIG_INVALID', 'BAN_REFUSED', 'CAPACITY_EXCEEDED'],
  })
  ban(@Body() body: unknown, @Author() author: string) {
    return this.editor.ban(body, author);
  }

  @Delete()
  @HttpCode(204)
  @Described({
    summary: 'Lift the ban of a network',
    query: LIFT_QUERY,
    status: 204,
    errors: ['CONFIG_INVALID', 'BAN_NOT_FOUND'],
  })
  liftNetwork(@Query() query: RawQuery) {
    return this.editor.liftNetwork(query);
  }

  @Get('check')
  @Described({
    summary: 'What happens to requests of an address, and why',
    query: CHECK_QUERY,
    answer: 'BanCheck',
  })
  check(@Query() query: RawQuery) {
    return this.reader.check(query);
  }

  @Get(':id')
  @Described({ summary: 'One ban', answer: 'Ban', errors: ['BAN_NOT_FOUND'] })
  get(@Param('id') id: string) {
    return this.reader.get(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Described({
    summary: 'Lift a ban',
    description: 'It ends at once here, and within two seconds at other balancers of the same store.',
    status: 204,
    errors: ['BAN_NOT_FOUND'],
  })
  lift(@Param('id') id: string) {
    return this.editor.lift(id);
  }
}
