import type { AccessLogPolicy, OptionalField } from '../../../common/contract/policies/access-log.js';
import {
  CONCEALED,
  isSecretHeader,
  QueryRedaction,
  redactedQuery,
  redactedUrl,
  withoutTokens,
} from '../../../common/secrets/index.js';
import type { Exchange, ExchangeHead } from '../exchange.js';
import { clientNetwork } from './client.network.js';

/** What of an exchange goes into its record, and in what form. Compiled with the snapshot. */
export class RecordForm {
  private readonly queries: QueryRedaction | null;
  private readonly hasQuery: boolean;
  private readonly userAgents: FieldForm;
  private readonly referers: FieldForm;
  private readonly recorded: readonly RecordedHeader[];
  private readonly isNetwork: boolean;

  /** @param isRecorded false: the exchange is only counted, and what no sum needs is left out. */
  constructor(
    settings: AccessLogPolicy,
    readonly isRecorded: boolean,
  ) {
    const { redactQuery, redactHeaders, client, without, headers } = settings;
    const concealed = new Set(redactHeaders);
    const has = (field: OptionalField) => isRecorded && !without.includes(field);
    this.queries = redactQuery === 'secrets' ? null : new QueryRedaction(redactQuery);
    this.hasQuery = has('query');
    this.userAgents = formOf(has('userAgent'), concealed.has('user-agent'));
    this.referers = formOf(has('referer'), concealed.has('referer'));
    this.recorded = isRecorded ? headers.map((name) => recordedHeader(name, concealed)) : [];
    this.isNetwork = client === 'network';
  }

  requestId(exchange: Exchange): string {
    return this.isRecorded ? exchange.requestId : exchange.id;
  }

  host(exchange: Exchange): string {
    return this.isRecorded ? exchange.host : '';
  }

  query({ query }: Exchange): string {
    return query === '' || !this.hasQuery ? '' : redactedQuery(query, this.queries);
  }

  userAgent(head: ExchangeHead): string {
    if (this.userAgents === FieldForm.absent) return '';
    const value = head.header('user-agent') ?? '';
    return this.userAgents === FieldForm.concealed && value !== '' ? CONCEALED : value;
  }

  referer(head: ExchangeHead): string {
    if (this.referers === FieldForm.absent) return '';
    const value = head.header('referer') ?? '';
    if (value === '') return '';
    return this.referers === FieldForm.concealed ? CONCEALED : redactedUrl(value, this.queries);
  }

  /** null: none of the headers that are to be recorded is there. */
  headers(head: ExchangeHead): Readonly<Record<string, string>> | null {
    const { recorded } = this;
    let headers: Record<string, string> | null = null;
    for (let index = 0; index < recorded.length; index++) {
      const { name, isConcealed } = recorded[index]!;
      const value = head.header(name);
      if (value === undefined) continue;
      headers ??= Object.create(null) as Record<string, string>;
      headers[name] = isConcealed ? CONCEALED : withoutTokens(value);
    }
    return headers;
  }

  client({ client }: Exchange): string {
    return this.isNetwork ? clientNetwork(client) : client;
  }
}

interface RecordedHeader {
  readonly name: string;
  readonly isConcealed: boolean;
}

/** What holds a secret is never shown, whoever asks for it. */
function recordedHeader(name: string, concealed: ReadonlySet<string>): RecordedHeader {
  return { name, isConcealed: concealed.has(name) || isSecretHeader(name) };
}

const FieldForm = { absent: 0, plain: 1, concealed: 2 } as const;
type FieldForm = (typeof FieldForm)[keyof typeof FieldForm];

function formOf(isThere: boolean, isConcealed: boolean): FieldForm {
  if (!isThere) return FieldForm.absent;
  return isConcealed ? FieldForm.concealed : FieldForm.plain;
}
