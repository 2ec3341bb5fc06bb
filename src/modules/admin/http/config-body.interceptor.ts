import type { IncomingMessage } from 'node:http';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable, UseInterceptors } from '@nestjs/common';
import type { Observable } from 'rxjs';
import {
  MAX_CONFIG_BYTES,
  parseDesiredBody,
  parseDesiredText,
  type ParsedDesired,
} from '../../../common/config/index.js';
import { JSON_TYPE, jsonIn } from './json-body.reader.js';
import { readBody } from './text-body.reader.js';

const YAML_TYPE = 'application/yaml';
/** In which a configuration is taken. */
export const CONFIG_TYPES = [JSON_TYPE, YAML_TYPE] as const;
const LIMITS = { types: CONFIG_TYPES, maxBytes: MAX_CONFIG_BYTES };

/**
 * Reads a whole desired state: as JSON, strictly, or as the YAML text of a configuration file, whose start-only keys are
 * passed over with a notice. Placeholders are not replaced: a client must not read our environment. An interceptor for the
 * reasons of {@link JsonBodyInterceptor}. Rejects with BODY_UNSUPPORTED, BODY_TOO_LARGE, REQUEST_INVALID and CONFIG_INVALID.
 */
@Injectable()
export class ConfigBodyInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<IncomingMessage & { body?: unknown }>();
    request.body = await readConfigBody(request);
    return next.handle();
  }
}

/** Marks a route whose `@Body()` is a {@link ParsedDesired}. */
export const ConfigBody = () => UseInterceptors(ConfigBodyInterceptor);

async function readConfigBody(request: IncomingMessage): Promise<ParsedDesired> {
  const { type, bytes } = await readBody(request, LIMITS);
  if (type === YAML_TYPE) return parseDesiredText(bytes, 'body');
  return { state: parseDesiredBody(jsonIn(bytes)), notices: [] };
}
