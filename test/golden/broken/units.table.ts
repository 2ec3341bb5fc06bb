import type { BrokenFile } from './broken-file.js';

export const UNITS: readonly BrokenFile[] = [
  {
    story: 'a duration without a unit',
    yaml: ['services:', '  - name: shop', '    health: { interval: 5 }'],
    issues: [
      '3:25: services[0].health.interval: a duration needs a unit: write 5s if that is meant (units: ms, s, m, h, d)',
    ],
  },
  {
    story: 'a duration in milliseconds without a unit',
    yaml: ['services:', '  - name: shop', '    timeouts: { connect: 3000 }'],
    issues: [
      '3:26: services[0].timeouts.connect: a duration needs a unit: write 3000ms if that is meant (units: ms, s, m, h, d)',
    ],
  },
  {
    story: 'a quoted number as a duration',
    yaml: ['services:', '  - name: shop', '    timeouts: { connect: "3" }'],
    issues: [
      '3:26: services[0].timeouts.connect: "3" is no duration: a duration needs a unit: write 3s if that is meant (units: ms, s, m, h, d)',
    ],
  },
  {
    story: 'a duration in words',
    yaml: ['services:', '  - name: shop', '    timeouts: { connect: 3 seconds }'],
    issues: [
      '3:26: services[0].timeouts.connect: "3 seconds" is no duration: write a number and a unit (ms, s, m, h, d), such as 5s',
    ],
  },
  {
    story: 'a negative duration',
    yaml: ['services:', '  - name: shop', '    timeouts: { connect: -3s }'],
    issues: [
      '3:26: services[0].timeouts.connect: "-3s" is no duration: write a number and a unit (ms, s, m, h, d), such as 5s',
    ],
  },
  {
    story: 'off where it is not allowed',
    yaml: ['services:', '  - name: shop', '    timeouts: { connect: off }'],
    issues: ['3:26: services[0].timeouts.connect: cannot be off: write a duration from 10ms to 1d'],
  },
  {
    story: 'a timeout of a year',
    yaml: ['services:', '  - name: shop', '    timeouts: { request: 365d }'],
    issues: [
      '3:26: services[0].timeouts.request: 365d is out of range: write a duration from 10ms to 1d, or off',
    ],
  },
  {
    story: 'zero for off',
    yaml: ['services:', '  - name: shop', '    slowStart: 0'],
    issues: ['3:16: services[0].slowStart: a duration needs a unit: write off to switch it off'],
  },
  {
    story: 'a retention too short',
    yaml: ['accessLog: { retention: 5s }'],
    issues: ['1:25: accessLog.retention: 5s is out of range: write a duration from 1m to 3650d, or off'],
  },
  {
    story: 'a size without a unit',
    yaml: ['listeners: [{ limits: { head: 16384 } }]'],
    issues: ['1:31: listeners[0].limits.head: a size needs a unit: write 16384B, or KiB, MiB'],
  },
  {
    story: 'an absurd size',
    yaml: ['listeners: [{ limits: { head: 10GiB } }]'],
    issues: ['1:31: listeners[0].limits.head: 10GiB is out of range: write a size from 1KiB to 1MiB'],
  },
  {
    story: 'a size in words',
    yaml: ['listeners: [{ limits: { head: big } }]'],
    issues: [
      '1:31: listeners[0].limits.head: "big" is no size: write a number and a unit (B, kB, MB, KiB, MiB), such as 1KiB',
    ],
  },
  {
    story: 'a URI limit above the head',
    yaml: ['listeners: [{ limits: { head: 8KiB, uri: 16KiB } }]'],
    issues: [
      '1:42: listeners[0].limits.uri: 16KiB must not be above the largest head (8KiB): lower it, or raise `head`',
    ],
  },
];
