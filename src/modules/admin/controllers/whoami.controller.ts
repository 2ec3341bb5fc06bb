import { Controller, Get } from '@nestjs/common';
import type { Principal } from '../../access/index.js';
import { Caller } from '../access/caller.decorator.js';
import { Described } from '../openapi/described.decorator.js';

@Controller('api/v1/whoami')
export class WhoamiController {
  @Get()
  @Described({ summary: 'Whose token this is, and what it may do', answer: 'Whoami' })
  whoami(@Caller() principal: Principal) {
    return principal;
  }
}
