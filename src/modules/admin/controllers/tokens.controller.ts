import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { RequiresRole } from '../access/requires-role.decorator.js';
import { JsonBody } from '../http/json-body.interceptor.js';
import { Described } from '../openapi/described.decorator.js';
import { TOKEN_EXAMPLES } from '../openapi/examples.js';
import { TokenEditor } from '../token.editor.js';
import { Author } from './author.decorator.js';

@Controller('api/v1/tokens')
@RequiresRole('admin')
export class TokensController {
  constructor(private readonly tokens: TokenEditor) {}

  @Get()
  @Described({ summary: 'Tokens, by name', answer: 'TokenList', errors: ['STORE_UNAVAILABLE'] })
  list() {
    return this.tokens.list();
  }

  @Post()
  @JsonBody()
  @Described({
    summary: 'Make a token',
    description: 'The answer is the only one that ever holds its secret.',
    body: { schema: 'TokenRequest', examples: TOKEN_EXAMPLES },
    answer: 'MadeToken',
    status: 201,
    errors: ['CONFIG_INVALID', 'TOKEN_EXISTS', 'CAPACITY_EXCEEDED', 'STORE_UNAVAILABLE'],
  })
  create(@Body() body: unknown, @Author() author: string) {
    return this.tokens.create(body, author);
  }

  @Get(':id')
  @Described({ summary: 'One token', answer: 'Token', errors: ['TOKEN_NOT_FOUND', 'STORE_UNAVAILABLE'] })
  get(@Param('id') id: string) {
    return this.tokens.get(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Described({
    summary: 'Revoke a token',
    description: 'It is refused at once here, and within two seconds by other balancers of the same store.',
    status: 204,
    errors: ['TOKEN_NOT_FOUND', 'STORE_UNAVAILABLE'],
  })
  revoke(@Param('id') id: string) {
    return this.tokens.revoke(id);
  }
}
