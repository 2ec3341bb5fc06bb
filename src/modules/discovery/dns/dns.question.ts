/** What is asked. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
}

export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** What a name server knows. No records: the name, or records of this type, do not exist. */
export interface DnsAnswer {
  /** Addresses of A and AAAA. */
  readonly addresses: readonly string[];
  /** Of SRV. */
  readonly services: readonly SrvData[];
  /** How long it holds, seconds: the shortest of all that it was made of. */
  readonly ttl: number;
  /** Why there are no records; empty: there are. */
  readonly nothing: string;
}

/** Asks name servers. Rejects with an error whose message says who did not answer, or how. */
export interface DnsAsker {
  ask(question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer>;
}
