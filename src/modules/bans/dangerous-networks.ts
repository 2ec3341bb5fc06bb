import { type Network, readNetwork } from './network.js';

/** As the configuration has it. */
type ListedNetwork = string | { readonly cidr: string };

/** Lists of a state never change, may have 10,000 entries, and are looked at for each ban: each is read once. */
const known = new WeakMap<readonly ListedNetwork[], readonly Network[]>();

/** Networks of the machine itself: who reaches the balancer from there is an operator, a probe or another program here. */
const LOOPBACK = networksOf(['127.0.0.0/8', '::1']);
/** Wider ones hold a large part of the internet. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;

/**
 * Why banning this network would lock out more than was meant; null: it would not.
 *
 * @param trustedProxies As configured: addresses and CIDR blocks.
 */
export function dangerOf(network: Network, trustedProxies: readonly string[]): string | null {
  const widest = network.bytes.length === 4 ? WIDEST.ipv4 : WIDEST.ipv6;
  if (network.prefix === 0) return `${network.text} is everybody`;
  if (network.prefix < widest) {
    return `${network.text} is a large part of all addresses (wider than /${widest})`;
  }
  const own = protectedBy(network, trustedProxies);
  return own === null ? null : `${network.text} ${own}`;
}

/** Why a rule never bans this network; null: it may. */
export function protectedBy(network: Network, trustedProxies: readonly string[]): string | null {
  if (LOOPBACK.some((loopback) => loopback.overlaps(network))) return 'holds addresses of this machine';
  const proxy = networksOf(trustedProxies).find((trusted) => trusted.overlaps(network));
  if (proxy === undefined) return null;
  return `holds the trusted proxy ${proxy.text}, and whoever comes through it`;
}

/** Leaves out what is no network. */
export function networksOf(list: readonly ListedNetwork[]): readonly Network[] {
  const read =
    known.get(list) ?? list.flatMap((entry) => masked(typeof entry === 'string' ? entry : entry.cidr) ?? []);
  known.set(list, read);
  return read;
}

/** Trusted proxies may be written with bits behind the prefix. */
function masked(text: string): Network | null {
  const { network } = readNetwork(text);
  if (network !== null) return network;
  const [address = '', length = ''] = text.split('/');
  const whole = readNetwork(address).network;
  if (whole === null || length === '') return null;
  for (const enclosing of whole.enclosing()) if (enclosing.prefix === Number(length)) return enclosing;
  return null;
}
