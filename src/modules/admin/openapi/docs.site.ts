import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { SiteHandler } from './swagger.site.js';

/**
 * Swagger UI and the OpenAPI document. Both, and the library that makes them, are loaded at the first look: most
 * balancers run for months without one.
 */
@Injectable()
export class DocsSite {
  private application: INestApplication | null = null;
  private opened: Promise<SiteHandler> | null = null;

  /** Tells which application is documented; before it serves. */
  attach(application: INestApplication): void {
    this.application = application;
  }

  async serve(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    this.opened ??= this.open();
    const handle = await this.opened;
    handle(request, response, next);
  }

  private async open(): Promise<SiteHandler> {
    if (this.application === null)
      throw new Error('DocsSite.attach was not called: use AdminServer.configure()');
    try {
      const { openSwaggerSite } = await import('./swagger.site.js');
      return openSwaggerSite(this.application);
    } catch (error) {
      this.opened = null;
      throw error;
    }
  }
}
