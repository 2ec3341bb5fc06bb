import type { z } from 'zod';
import type { BackendInput, serviceSchema, ServiceInput } from './schema.js';
import { normalisedBackendUrl } from './units/backend-origin.js';

/**
 * The authored form with one way of writing things: short forms of backends written out, URLs normalised.
 * So the same service is the same text, whether it came from the file or over the API.
 */
export function expandService(service: z.output<typeof serviceSchema>): ServiceInput {
  const { backends, ...rest } = service;
  return backends === undefined ? rest : { ...rest, backends: backends.map(expandBackend) };
}

export function expandBackend(backend: string | BackendInput): BackendInput {
  const input = typeof backend === 'string' ? { url: backend } : backend;
  return { ...input, url: normalisedBackendUrl(input.url) ?? input.url };
}
