import { createHmac } from 'node:crypto';

/**
 * Text of the field `Velocity-Signature`: `t=<Unix seconds>,v1=<hex of the HMAC-SHA-256 over "<t>.<body>">`. The time is signed,
 * so that a receiver can refuse what was recorded and is sent again; a GET signs an empty body.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${v1}`;
}
