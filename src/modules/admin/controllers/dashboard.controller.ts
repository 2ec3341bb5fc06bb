import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { OpenRoute } from '../access/open-route.decorator.js';
import { DASHBOARD_PAGES } from '../dashboard/dashboard.routes.js';
import { DashboardSite } from '../dashboard/dashboard.site.js';

/** The dashboard is open: it holds nothing secret, and what it shows it asks the API for, with a token. */
@Controller()
@OpenRoute()
export class DashboardController {
  constructor(private readonly site: DashboardSite) {}

  @Get(DASHBOARD_PAGES)
  page(@Req() request: IncomingMessage, @Res() response: ServerResponse) {
    return this.site.page(request, response);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: IncomingMessage, @Res() response: ServerResponse) {
    return this.site.asset(name, request, response);
  }
}
