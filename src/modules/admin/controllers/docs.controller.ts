import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Next, Req, Res } from '@nestjs/common';
import { OpenRoute } from '../access/open-route.decorator.js';
import { DocsSite } from '../openapi/docs.site.js';

/** The documentation is open: it holds nothing secret, and its calls need the token. */
@Controller()
@OpenRoute()
export class DocsController {
  constructor(private readonly site: DocsSite) {}

  @Get(['docs', 'docs/*asset', 'docs-json'])
  docs(@Req() request: IncomingMessage, @Res() response: ServerResponse, @Next() next: () => void) {
    return this.site.serve(request, response, next);
  }
}
