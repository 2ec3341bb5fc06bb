import { HttpProbe } from './http.probe.js';
import type { ProbeSet } from './probe.js';
import { TcpProbe } from './tcp.probe.js';
import { TrustStore } from './trust.store.js';

export type { Probe, ProbeOutcome, ProbeResult, ProbeSet, ProbeSubject } from './probe.js';

export function createProbes(): ProbeSet {
  return { tcp: new TcpProbe(), http: new HttpProbe(null), https: new HttpProbe(new TrustStore()) };
}
