import type { AdminApplication, ApiAnswer, CallOptions } from './admin.application.js';
import type { ApiDocument } from './api.document.js';

export interface DocumentedOptions extends CallOptions {
  readonly name?: string;
  readonly id?: string;
  readonly number?: number | string;
  readonly query?: string;
}

/** Calls an operation of the document, such as `get /api/v1/services/{name}`, and holds the answer against it. */
export async function documentedCall(
  { admin, documented }: { readonly admin: AdminApplication; readonly documented: ApiDocument },
  operation: string,
  options: DocumentedOptions,
): Promise<ApiAnswer> {
  const [method = '', template = ''] = operation.split(' ');
  const { name = 'shop', id = '', number = '', query = '' } = options;
  const path = template.replace('{name}', name).replace('{id}', id).replace('{number}', String(number));
  const answer = await admin.call(method.toUpperCase(), path + query, options);
  documented.check(answer, method, template);
  return answer;
}
