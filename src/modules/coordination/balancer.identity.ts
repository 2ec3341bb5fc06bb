import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';

/** Who this balancer is among those that share a registry. */
@Injectable()
export class BalancerIdentity {
  /** 12 hex digits, new at each start: a process that died and its successor are never taken for one. */
  readonly id = randomBytes(6).toString('hex');
  readonly host = hostname();
  readonly pid = process.pid;
}
