import type { V1Endpoint, V1EndpointSlice } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { readEndpoints } from './endpoint.reader.js';

const WEB = { name: 'web', port: 8080, protocol: 'TCP' };

function endpoint(pod: string, address: string, conditions?: V1Endpoint['conditions']): V1Endpoint {
  return { addresses: [address], conditions, targetRef: { kind: 'Pod', name: pod } };
}

function slice(endpoints: V1Endpoint[], more: Partial<V1EndpointSlice> = {}): V1EndpointSlice {
  return { addressType: 'IPv4', ports: [WEB], endpoints, ...more };
}

const urls = (slices: V1EndpointSlice[], choice: string | null = null) =>
  readEndpoints(slices, choice).map(({ url }) => url);

describe('the endpoints of slices', () => {
  it('are one for each pod, over all slices, by name', () => {
    const slices = [
      slice([endpoint('b', '10.0.0.2')]),
      slice([endpoint('a', '10.0.0.1')]),
      slice([], { endpoints: undefined }),
    ];
    expect(readEndpoints(slices, null).map(({ pod }) => pod)).toEqual(['a', 'b']);
  });

  it('take IPv4 of a pod that has both families, and IPv6 in brackets of one that has only that', () => {
    const six = slice([endpoint('a', 'fd00::1'), endpoint('b', 'fd00::2')], { addressType: 'IPv6' });
    expect(urls([six, slice([endpoint('a', '10.0.0.1')])])).toEqual([
      'http://10.0.0.1:8080',
      'http://[fd00::2]:8080',
    ]);
  });

  it('are ready unless it is said that they are not, and end when it is said', () => {
    const endpoints = [
      endpoint('a', '10.0.0.1'),
      endpoint('b', '10.0.0.2', { ready: false }),
      endpoint('c', '10.0.0.3', { ready: false, serving: true, terminating: true }),
    ];
    expect(readEndpoints([slice(endpoints)], null)).toMatchObject([
      { pod: 'a', ready: true, terminating: false },
      { pod: 'b', ready: false, terminating: false },
      { pod: 'c', ready: false, terminating: true },
    ]);
  });

  it('are ready when one of two slices that name the pod says so', () => {
    const [old, fresh] = [endpoint('a', '10.0.0.1', { ready: false }), endpoint('a', '10.0.0.1')];
    for (const slices of [
      [slice([old]), slice([fresh])],
      [slice([fresh]), slice([old])],
    ]) {
      expect(readEndpoints(slices, null)).toMatchObject([{ ready: true }]);
    }
  });

  it('may be none of a pod', () => {
    expect(readEndpoints([slice([{ addresses: ['10.0.0.9'] }, { addresses: [] }])], null)).toMatchObject([
      { pod: null, url: 'http://10.0.0.9:8080' },
    ]);
  });
});

describe('the port', () => {
  const both = [WEB, { name: 'metrics', port: 9100, protocol: 'TCP' }];
  const one = [endpoint('a', '10.0.0.1')];

  it('is chosen by name', () => {
    expect(urls([slice(one, { ports: both })], 'metrics')).toEqual(['http://10.0.0.1:9100']);
  });

  it('may be another one in each slice, and missing in some', () => {
    const other = slice([endpoint('b', '10.0.0.2')], { ports: [{ name: 'web', port: 3000 }] });
    const none = slice([endpoint('c', '10.0.0.3')], { ports: [] });
    expect(urls([slice(one), other, none], 'web')).toEqual(['http://10.0.0.1:8080', 'http://10.0.0.2:3000']);
  });

  it('without a name is chosen by none', () => {
    expect(urls([slice(one, { ports: [{ name: '', port: 80 }] })], '')).toEqual(['http://10.0.0.1:80']);
  });

  it('must be named when there are several', () => {
    expect(() => urls([slice(one, { ports: both })])).toThrow(/several ports \(web, metrics\)/);
  });

  it('is never one of UDP', () => {
    const ports = [WEB, { name: 'dns', port: 53, protocol: 'UDP' }];
    expect(urls([slice(one, { ports })])).toEqual(['http://10.0.0.1:8080']);
  });

  it('speaks TLS when the service says https', () => {
    const ports = [{ ...WEB, appProtocol: 'https' }];
    expect(urls([slice(one, { ports })])).toEqual(['https://10.0.0.1:8080']);
  });
});
