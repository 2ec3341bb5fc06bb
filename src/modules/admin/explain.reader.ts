import { Injectable } from '@nestjs/common';
import { VelocityError } from '../../common/errors/index.js';
import { readNetwork } from '../bans/index.js';
import type { AskedRequest, ExplainedRecord, ExplainedRequest } from '../explain/index.js';
import { ExplainPort } from './ports.js';
import { type RawQuery, refusedParameter, refuseOthers, textIn } from './query.reader.js';

const PARAMETERS = ['host', 'path', 'ip', 'method', 'header'];
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 section 5.5: what a field value never holds. */
const UNWRITABLE = /[\0\r\n]/;
const MAX_TEXT = 8_192;
const MAX_HEADERS = 100;
const MAX_ID = 128;

/** Says why an exchange went the way it went, and what would become of one now. */
@Injectable()
export class ExplainReader {
  constructor(private readonly explain: ExplainPort) {}

  async recorded(id: string): Promise<{ readonly items: readonly ExplainedRecord[] }> {
    if (id.length > MAX_ID)
      throw new VelocityError('REQUEST_INVALID', `An id has at most ${MAX_ID} characters.`);
    return { items: await this.explain.recorded(id) };
  }

  /** Rejects with REQUEST_INVALID that names the parameter at fault. */
  async now(query: RawQuery): Promise<ExplainedRequest> {
    refuseOthers(query, PARAMETERS);
    return this.explain.now(requestIn(query));
  }
}

function requestIn(query: RawQuery): AskedRequest {
  const method = writableIn(query, 'method') ?? 'GET';
  if (!TOKEN.test(method)) throw refusedParameter('method', 'must be a method such as GET');
  const path = writableIn(query, 'path') ?? '/';
  if (!/^(\/|\*$)/.test(path) || /[\s#]/.test(path)) {
    throw refusedParameter('path', 'must begin with / and have neither blanks nor #: encode them');
  }
  return {
    method,
    host: writableIn(query, 'host') ?? '',
    path,
    ip: addressIn(query),
    headers: headersIn(query),
  };
}

function addressIn(query: RawQuery): string {
  const text = writableIn(query, 'ip');
  if (text === undefined)
    throw refusedParameter('ip', 'is missing: give the address that the request comes from');
  const { network } = readNetwork(text);
  if (network === null || network.prefix !== network.bytes.length * 8) {
    throw refusedParameter(
      'ip',
      `must be one IPv4 or IPv6 address such as 192.0.2.7, not ${JSON.stringify(text)}`,
    );
  }
  return network.text;
}

function headersIn({ header = [] }: RawQuery): [name: string, value: string][] {
  const lines: readonly unknown[] = Array.isArray(header) ? header : [header];
  if (lines.length > MAX_HEADERS) throw refusedParameter('header', `may be given ${MAX_HEADERS} times`);
  return lines.map((line) => {
    const text = typeof line === 'string' ? line : '';
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(0, colon)).trim();
    const value = text.slice(colon + 1).trim();
    if (!TOKEN.test(name) || UNWRITABLE.test(value) || text.length > MAX_TEXT) {
      throw refusedParameter('header', 'must be a field such as X-Tenant: acme');
    }
    if (name.toLowerCase() === 'host')
      throw refusedParameter('header', 'must not be Host: use the parameter host');
    return [name, value];
  });
}

function writableIn(query: RawQuery, name: string): string | undefined {
  const text = textIn(query, name);
  if (text === undefined || (text.length <= MAX_TEXT && !UNWRITABLE.test(text))) return text;
  throw refusedParameter(name, 'cannot be in a request');
}
