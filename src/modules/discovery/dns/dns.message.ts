import { type Answer, decode, encode, type Packet, RECURSION_DESIRED } from 'dns-packet';
import type { DnsAnswer, DnsQuestion, SrvData } from './dns.question.js';

/** How a server that answered refused to. */
export class DnsRefusal extends Error {}

/** The answer to another question than ours: forged, or of an earlier one. */
export const NOT_OURS = Symbol('NotOurs');
/** It did not fit into a datagram. */
export const TRUNCATED = Symbol('Truncated');

export function questionBytes({ name, type }: DnsQuestion, id: number): Buffer {
  return encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ name, type, class: 'IN' }] });
}

/** Throws {@link DnsRefusal}, and an Error when it is no message of the DNS. */
export function readAnswer(
  bytes: Buffer,
  question: DnsQuestion,
  id: number,
): DnsAnswer | typeof NOT_OURS | typeof TRUNCATED {
  const packet = decode(bytes);
  if (packet.type !== 'response' || packet.id !== id || !isAbout(packet, question)) return NOT_OURS;
  if (packet.flag_tc) return TRUNCATED;
  // The package decodes it, its types do not say so.
  const { rcode } = packet as typeof packet & { readonly rcode: string };
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') throw new DnsRefusal(rcode);
  const answers = (packet.answers ?? []).filter(isRecord);
  const records = answers.filter(({ type }) => type === question.type);
  if (records.length > 0) return answerOf(question, records, answers);
  const nothing =
    rcode === 'NXDOMAIN'
      ? `${question.name} does not exist`
      : `${question.name} has no ${question.type} record`;
  return { addresses: [], services: [], ttl: negativeTtl(packet), nothing };
}

function answerOf({ type }: DnsQuestion, records: readonly Record[], chain: readonly Record[]): DnsAnswer {
  const ttl = Math.min(...chain.map((record) => record.ttl));
  const datas = records.map(({ data }) => data);
  // RFC 2782: the target "." says that there is decidedly no such service.
  const services = type === 'SRV' ? (datas as SrvData[]).filter(({ target }) => !isRoot(target)) : [];
  const addresses = type === 'SRV' ? [] : (datas as string[]);
  const isEmpty = services.length + addresses.length === 0;
  return {
    addresses,
    services,
    ttl,
    nothing: isEmpty ? 'the record says that there is no such service' : '',
  };
}

interface Record {
  readonly type: string;
  readonly ttl: number;
  readonly data: unknown;
}

/** Everything but the pseudo record of EDNS, which has no time to live. */
function isRecord(answer: Answer): answer is Answer & Record {
  return answer.type !== 'OPT' && 'ttl' in answer && typeof answer.ttl === 'number';
}

/** RFC 2308: the smaller of the time to live of the zone's SOA and the minimum in it; without one nothing is said. */
function negativeTtl({ authorities }: Packet): number {
  const soa = (authorities ?? []).find(({ type }) => type === 'SOA') as
    { readonly ttl: number; readonly data: { readonly minimum: number } } | undefined;
  return soa === undefined ? 0 : Math.min(soa.ttl, soa.data.minimum);
}

function isAbout({ questions }: Packet, { name, type }: DnsQuestion): boolean {
  const [asked] = questions ?? [];
  return asked !== undefined && asked.type === type && plain(asked.name) === plain(name);
}

function isRoot(target: string): boolean {
  return plain(target) === '';
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
