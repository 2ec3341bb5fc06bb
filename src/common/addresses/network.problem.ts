import { quoted } from '../config/units/quoted.js';
import { NetworkReader, type NetworkFault } from './network.reader.js';
import { networkText } from './network.text.js';

const ADVICE = 'write for example 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32';

/** What is wrong with an address or CIDR block that is to be blocked or allowed; null when nothing is. */
export function networkEntryProblem(text: string): string | null {
  const reader = new NetworkReader();
  const fault = reader.readText(text);
  return fault === null ? null : faultText(fault, text, reader);
}

/** @param reader As it is after the fault. */
export function faultText(fault: NetworkFault, text: string, reader: NetworkReader): string {
  switch (fault) {
    case 'no-address':
      return `${quoted(text)} is no address or CIDR block: ${ADVICE}`;
    case 'no-prefix':
      return `${quoted(text)} has no valid prefix length: write /0 to /${reader.isIpv4 ? 32 : 128} after the address`;
    case 'host-bits':
      return `${quoted(text)} has bits set behind its prefix: write ${networkText(reader)} for the network, or ${text.slice(0, text.indexOf('/'))} for the address alone`;
  }
}

/** The same network in its one canonical form, however it was written. Throws a TypeError for what is none. */
export function canonicalNetwork(text: string): string {
  const reader = new NetworkReader();
  if (reader.readText(text) !== null) throw new TypeError(`${text} is no network`);
  return networkText(reader);
}
