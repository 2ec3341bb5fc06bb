/** Injection token of the `SpanShipper`, or null when no spans are recorded. */
export const SPAN_SHIPPER = Symbol('SpanShipper');
