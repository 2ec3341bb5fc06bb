/** What a `traceparent` says. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

const LENGTH = 55;
const TRACE_ID = 3;
const SPAN_ID = 36;
const FLAGS = 53;
const DASH = 0x2d;
const SAMPLED = 1;

/**
 * Reads a `traceparent` (W3C Trace Context, section 3.2); null: it is none. Of a version that is not known yet, what is
 * known of version 00 counts.
 */
export function readTraceparent(value: string): TraceParent | null {
  if (value.length < LENGTH || !hasDashes(value)) return null;
  const version = value.slice(0, 2);
  if (!isHex(version) || version === 'ff') return null;
  if (value.length > LENGTH && (version === '00' || value.charCodeAt(LENGTH) !== DASH)) return null;
  const traceId = value.slice(TRACE_ID, TRACE_ID + 32);
  const spanId = value.slice(SPAN_ID, SPAN_ID + 16);
  const flags = value.slice(FLAGS, LENGTH);
  if (!isId(traceId) || !isId(spanId) || !isHex(flags)) return null;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & SAMPLED) !== 0 };
}

export function writeTraceparent(traceId: string, spanId: string, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

function hasDashes(value: string): boolean {
  return (
    value.charCodeAt(TRACE_ID - 1) === DASH &&
    value.charCodeAt(SPAN_ID - 1) === DASH &&
    value.charCodeAt(FLAGS - 1) === DASH
  );
}

/** Lower-case hex digits, not all of them zeros. */
function isId(text: string): boolean {
  if (!isHex(text)) return false;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== 0x30) return true;
  return false;
}

function isHex(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isDigit && (code < 0x61 || code > 0x66)) return false;
  }
  return true;
}
