import { BlockList, isIP } from 'node:net';

/** Addresses and CIDR blocks, compiled once per snapshot. What is neither is refused by the configuration before; here it matches nobody. */
export class NetworkList {
  private readonly list = new BlockList();
  private readonly isEmpty: boolean;

  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0;
    for (const entry of entries) this.add(entry);
  }

  includes(address: string): boolean {
    if (this.isEmpty) return false;
    const family = isIP(address);
    return family !== 0 && this.list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  private add(entry: string): void {
    const slash = entry.indexOf('/');
    const address = slash < 0 ? entry : entry.slice(0, slash);
    const family = isIP(address);
    if (family === 0) return;
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (slash < 0) this.list.addAddress(address, type);
    else this.list.addSubnet(address, Number(entry.slice(slash + 1)), type);
  }
}
