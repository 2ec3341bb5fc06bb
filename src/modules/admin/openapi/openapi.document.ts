import { type INestApplication, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Role } from '../../../common/contract/index.js';
import { OPEN_ROUTE } from '../access/open-route.decorator.js';
import { REQUIRED_ROLE, usualRole } from '../access/requires-role.decorator.js';
import { ROUTE_DESCRIPTION } from './described.decorator.js';
import { documentationOf } from './route.documentation.js';
import { schemaComponents } from './schema.components.js';

const DESCRIPTION = `Services and their backends, health, logs and state of a Velocity load balancer.

Every call needs a bearer token, except /health, /metrics and this page: one that an admin made (\`POST /api/v1/tokens\`), or
the one that the first start made (see \`admin.tokenFile\`). Reading needs the role viewer, changing operator, tokens and the audit log admin.
Errors are \`application/problem+json\` with a stable \`code\`, and \`issues\` that name the fields.
A write answers when its change is saved and runs; \`Velocity-Revision\` is the revision that has it. With the \`ETag\` of
a resource as \`If-Match\`, a write changes it only if nobody else did in between.`;

/** Handlers whose decorators were applied: several applications of one process share the controllers' classes. */
const documented = new WeakSet<object>();

/** The OpenAPI document of the application, which must have been initialised. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  documentControllers(app);
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Velocity admin API')
    .setDescription(DESCRIPTION)
    .setVersion('1.0.0')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'A token, or the text in `admin.tokenFile`.' },
      'token',
    )
    .build();
  const document = SwaggerModule.createDocument(app, settings, { operationIdFactory: operationId });
  return { ...document, components: { ...document.components, schemas: schemaComponents() } };
}

function documentControllers(app: INestApplication): void {
  const scanner = app.get(MetadataScanner);
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (metatype) documentController(metatype, scanner);
    }
  }
}

function documentController(controller: Function, scanner: MetadataScanner): void {
  const base: unknown = Reflect.getMetadata(PATH_METADATA, controller);
  for (const name of scanner.getAllMethodNames(controller.prototype)) {
    const handler: object = controller.prototype[name];
    if (documented.has(handler) || !Reflect.hasMetadata(METHOD_METADATA, handler)) continue;
    documented.add(handler);
    const path = `${String(base)}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`;
    const decorators = documentationOf(
      Reflect.getMetadata(ROUTE_DESCRIPTION, handler),
      path,
      roleFor(handler, controller),
    );
    const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name)!;
    for (const decorate of decorators) decorate(controller.prototype, name, descriptor);
  }
}

/** The role that the guard asks for; null: the route is open. */
function roleFor(handler: object, controller: Function): Role | null {
  const isOpen = Reflect.hasMetadata(OPEN_ROUTE, handler) || Reflect.hasMetadata(OPEN_ROUTE, controller);
  if (isOpen) return null;
  const method: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
  return (
    Reflect.getMetadata(REQUIRED_ROLE, handler) ??
    Reflect.getMetadata(REQUIRED_ROLE, controller) ??
    usualRole(RequestMethod[method])
  );
}

function operationId(controller: string, method: string): string {
  const subject = controller.replace(/Controller$/, '');
  return `${subject[0]!.toLowerCase()}${subject.slice(1)}_${method}`;
}
