import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { VelocityError } from '../../../common/errors/index.js';

const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::\d{0,5})?$/;

/**
 * Defends against DNS rebinding: a page of a foreign name that is made to resolve to this machine still sends its
 * foreign name as `Host`. Address literals cannot be rebound, so they are always fine, as are the loopback names.
 */
export class HostCheck {
  private readonly names: ReadonlySet<string>;

  constructor(allowedHosts: readonly string[], boundHost: string) {
    this.names = new Set([...allowedHosts, boundHost].map((host) => host.toLowerCase()));
  }

  /**
   * Throws HOST_NOT_ALLOWED or ORIGIN_NOT_ALLOWED. Our own health may be asked under any name, as orchestrators do:
   * it shows nothing that is worth a rebinding.
   */
  check(request: IncomingMessage, path: string): void {
    const { host, origin } = request.headers;
    if (!path.startsWith('/health/')) this.checkHost(host ?? '');
    if (origin !== undefined && !isSameOrigin(origin, host ?? '')) {
      throw new VelocityError(
        'ORIGIN_NOT_ALLOWED',
        `The admin API answers no page of another origin (${shown(origin)}): call it from its own pages, or without an Origin header.`,
      );
    }
  }

  private checkHost(host: string): void {
    const name = withoutPort(host).toLowerCase();
    if (isAddress(name) || isLoopbackName(name) || this.names.has(name)) return;
    throw new VelocityError(
      'HOST_NOT_ALLOWED',
      `The admin API is not called ${shown(host)} here: use its address or localhost, or add the name to admin.allowedHosts.`,
    );
  }
}

/** Whether a Host header holds a name, and not an address or a name of every machine for itself. */
export function isHostName(host: string): boolean {
  const name = withoutPort(host).toLowerCase();
  return name !== '' && !isAddress(name) && !isLoopbackName(name);
}

/** Scheme aside: behind a proxy that terminates TLS the page is https while we are http. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

function isAddress(name: string): boolean {
  return isIP(name.startsWith('[') ? name.slice(1, -1) : name) !== 0;
}

/** Empty for what is no host with an optional port. */
function withoutPort(host: string): string {
  return HOST_AND_PORT.exec(host)?.[1] ?? '';
}

/** Request text inside an error message: quoted, and no longer than it helps. */
function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
}
