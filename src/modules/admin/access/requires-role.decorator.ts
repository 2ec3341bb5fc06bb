import { SetMetadata } from '@nestjs/common';
import type { Role } from '../../../common/contract/index.js';

export const REQUIRED_ROLE = Symbol('RequiredRole');

/** The least role that may use a route, or all routes of a controller. Without it {@link usualRole} decides. */
export const RequiresRole = (role: Role) => SetMetadata(REQUIRED_ROLE, role);

/** Who may read needs no more than that; whatever changes something needs an operator. */
export function usualRole(method: string): Role {
  return method === 'GET' || method === 'HEAD' ? 'viewer' : 'operator';
}
