const GROUPS = 8;
/** A /48: so much of an IPv6 address one site has. */
const KEPT_GROUPS = 3;

/** The network that an address is in, as the address of it that ends with zeroes: the /24 of IPv4, the /48 of IPv6. */
export function clientNetwork(address: string): string {
  const dot = address.lastIndexOf('.');
  if (dot > 0) return `${address.slice(0, dot)}.0`;
  return address.includes(':') ? ipv6Network(address) : address;
}

/** What has a dotted end, such as an IPv4 address in IPv6, is no case for this. */
function ipv6Network(address: string): string {
  const gap = address.indexOf('::');
  const head = groupsOf(gap < 0 ? address : address.slice(0, gap));
  const tail = gap < 0 ? [] : groupsOf(address.slice(gap + 2));
  const groups = [...head, ...Array.from({ length: GROUPS - head.length - tail.length }, () => '0'), ...tail];
  const kept = groups.slice(0, KEPT_GROUPS);
  while (kept.at(-1) === '0') kept.pop();
  return `${kept.join(':')}::`;
}

/** Zone names, which say something of this machine alone, fall off with the end. */
function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
