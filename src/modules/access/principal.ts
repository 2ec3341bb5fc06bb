import { ROLES, type Role } from '../../common/contract/index.js';

/** Who asks, as far as the token tells. */
export interface Principal {
  /** Name of the token. */
  readonly name: string;
  readonly role: Role;
  /** null: it is not one of the stored tokens. */
  readonly tokenId: string | null;
}

/** Whoever has the token of `admin.tokenFile`. */
export const FILE_PRINCIPAL: Principal = { name: 'admin token', role: 'admin', tokenId: null };

/** Everybody, with `admin.authentication: off`. */
export const ANONYMOUS: Principal = { name: 'anonymous', role: 'admin', tokenId: null };

/** Whether a role includes another one. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** As revisions name their author. What several people may share is told apart by the address it is used from. */
export function authorName({ name, tokenId }: Principal, address: string): string {
  return tokenId === null ? `${name} (${address})` : name;
}
