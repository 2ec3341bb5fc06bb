import type { QueryParameter } from './described.decorator.js';

/** A request that nobody has made. */
export const EXPLAIN_QUERY: readonly QueryParameter[] = [
  { name: 'host', description: 'As a client would write it. Default: none.', example: 'shop.example.com' },
  { name: 'path', description: 'With or without a query. Default `/`.', example: '/cart?id=7' },
  { name: 'ip', description: 'Address that the connection comes from. Needed.', example: '192.0.2.7' },
  { name: 'method', description: 'Default GET.', example: 'POST' },
  { name: 'header', description: 'A header as `Name: value`; may be repeated.', example: 'X-Tenant: acme' },
];
