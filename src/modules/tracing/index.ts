export type { BackendAddress } from './span.attributes.js';
export { type SpanFlow, SpanShipper } from './span.shipper.js';
