import { expect } from 'vitest';
import { z } from 'zod';
import type { AdminApplication, ApiAnswer } from './admin.application.js';

const problemShape = z.looseObject({ status: z.int(), code: z.string() });

const mediaShape = z.looseObject({ schema: z.looseObject({}) });
const responseShape = z.looseObject({
  headers: z.record(z.string(), z.unknown()).optional(),
  content: z.record(z.string(), mediaShape).optional(),
});
const operationShape = z.looseObject({
  responses: z.record(z.string(), responseShape),
  requestBody: z
    .looseObject({
      content: z.looseObject({
        'application/json': z.looseObject({
          schema: z.looseObject({}),
          examples: z.record(z.string(), z.looseObject({ value: z.unknown() })),
        }),
      }),
    })
    .optional(),
});
const documentShape = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

/** The OpenAPI document as served, used to check that answers are as it says. */
export class ApiDocument {
  /** What was checked, such as `get /api/v1/status 200`. */
  readonly seen = new Set<string>();

  private constructor(private readonly document: z.infer<typeof documentShape>) {}

  static async of(admin: AdminApplication): Promise<ApiDocument> {
    return new ApiDocument(documentShape.parse((await admin.call('GET', '/docs-json')).body));
  }

  /** Every operation with each of its successful statuses, in the form of `seen`. */
  successes(): string[] {
    return this.operations().flatMap(([method, path, operation]) =>
      Object.keys(operation.responses)
        .filter((status) => status.startsWith('2'))
        .map((status) => `${method} ${path} ${status}`),
    );
  }

  /** Every example of a request body. */
  examples(): { method: string; path: string; body: unknown }[] {
    return this.operations().flatMap(([method, path, operation]) =>
      Object.values(operation.requestBody?.content['application/json'].examples ?? {}).map(({ value }) => ({
        method,
        path,
        body: value,
      })),
    );
  }

  /** Fails unless the answer is one that the document promises for the operation. */
  check(answer: ApiAnswer, method: string, path: string): void {
    const operation = this.document.paths[path]?.[method];
    expect(operation, `${method} ${path} is documented`).toBeDefined();
    const response = operation!.responses[answer.status];
    expect(
      response,
      `${method} ${path} may answer ${answer.status}: ${answer.text.slice(0, 300)}`,
    ).toBeDefined();
    for (const header of Object.keys(response!.headers ?? {})) {
      expect(answer.headers.get(header), `${method} ${path} has ${header}`).not.toBeNull();
    }
    this.checkBody(answer, response!);
    this.checkCode(answer, response!);
    this.seen.add(`${method} ${path} ${answer.status}`);
  }

  private checkBody(answer: ApiAnswer, response: z.infer<typeof responseShape>): void {
    if (response.content === undefined) return expect(answer.text).toBe('');
    const type = (answer.headers.get('content-type') ?? '').split(';')[0]!;
    const media = response.content[type];
    expect(media, `${type} is documented`).toBeDefined();
    if (answer.body === null) return;
    const result = this.schema(media!.schema).safeParse(answer.body);
    expect(result.error?.issues ?? [], answer.text.slice(0, 500)).toEqual([]);
  }

  /** The description of a refusal lists its codes. */
  private checkCode(answer: ApiAnswer, response: z.infer<typeof responseShape>): void {
    const problem = problemShape.safeParse(answer.body);
    if (!problem.success) return;
    expect(response['description']).toContain(problem.data.code);
    expect(problem.data.status).toBe(answer.status);
  }

  private schema(schema: object): z.ZodType {
    const whole = { ...schema, $defs: this.document.components.schemas };
    return z.fromJSONSchema(
      JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')),
    );
  }

  private operations(): [method: string, path: string, operation: z.infer<typeof operationShape>][] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, string, z.infer<typeof operationShape>] => [
        method,
        path,
        operation,
      ]),
    );
  }
}
