import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { openApiDocument } from './openapi.document.js';
import { SIGN_IN_SCRIPT } from './sign-in.script.js';

export type SiteHandler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Sets Swagger UI up on an adapter of its own: the application's routes are closed (its 404 comes last) when the first
 * look at the documentation arrives.
 */
export function openSwaggerSite(app: INestApplication): SiteHandler {
  const adapter = new ExpressAdapter();
  adapter.disable('x-powered-by');
  adapter.get('/docs/sign-in.js', (_: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
    response.end(SIGN_IN_SCRIPT);
  });
  SwaggerModule.setup('docs', onAdapter(app, adapter), openApiDocument(app), {
    customSiteTitle: 'Velocity admin API',
    customJs: '/docs/sign-in.js',
    swaggerOptions: { validatorUrl: null, displayRequestDuration: true, tryItOutEnabled: true },
    raw: ['json'],
  });
  return adapter.getInstance();
}

/** The same application, with what is set up on it going to another adapter. */
function onAdapter(app: INestApplication, adapter: ExpressAdapter): INestApplication {
  const facade: INestApplication = Object.create(app, {
    getHttpAdapter: { value: () => adapter },
    useStaticAssets: { value: adapter.useStaticAssets.bind(adapter) },
  });
  return facade;
}
