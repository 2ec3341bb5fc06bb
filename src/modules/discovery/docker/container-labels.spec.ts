import { describe, expect, it } from 'vitest';
import { DISCOVERY_LABELS, isLabelled, readLabels } from './container-labels.js';

const read = (labels: Record<string, string>) => readLabels({ 'velocity.service': 'shop', ...labels });

describe('labels of containers', () => {
  it('say service, port and settings', () => {
    expect(
      readLabels({
        'velocity.service': 'shop',
        'velocity.port': '8080',
        'velocity.scheme': 'HTTPS',
        'velocity.weight': '3',
        'velocity.group': 'canary',
        'velocity.backup': 'true',
        'velocity.hosts': 'shop.test, *.Shop.test',
        'velocity.paths': '/a,/b',
        'com.example.team': 'shop',
      }),
    ).toEqual({
      labels: {
        service: 'shop',
        port: 8080,
        scheme: 'https',
        settings: { weight: 3, group: 'canary', backup: true },
        hosts: ['shop.test', '*.shop.test'],
        paths: ['/a', '/b'],
      },
      problems: [],
    });
  });

  it('need no more than a service', () => {
    expect(read({})).toEqual({
      labels: { service: 'shop', port: null, scheme: 'http', settings: {}, hosts: null, paths: null },
      problems: [],
    });
  });

  it.each([
    [{ 'velocity.port': '80a' }, /`velocity\.port`: "80a" is no whole number from 1 to 65535/],
    [{ 'velocity.port': '0' }, /`velocity\.port`: "0" is no whole number/],
    [{ 'velocity.port': '' }, /`velocity\.port`: "" is no whole number/],
    [{ 'velocity.weight': '-1' }, /`velocity\.weight`: "-1" is no whole number from 0 to 1000/],
    [{ 'velocity.weight': '1.5' }, /`velocity\.weight`: "1\.5" is no whole number/],
    [{ 'velocity.backup': 'yes' }, /`velocity\.backup`: "yes" is not true or false/],
    [{ 'velocity.scheme': 'ftp' }, /`velocity\.scheme`: "ftp" is not http or https/],
    [{ 'velocity.group': 'A b' }, /`velocity\.group`: .*no name of a group/],
    [{ 'velocity.hosts': 'http://shop.test' }, /`velocity\.hosts`: .*without a scheme/],
    [{ 'velocity.hosts': 'a.test,,b.test' }, /`velocity\.hosts`: /],
    [{ 'velocity.paths': 'api' }, /`velocity\.paths`: .*must start with "\/"/],
    [{ 'velocity.service': 'My Shop' }, /`velocity\.service`: .*no service name/],
  ])('that do not parse make a container unusable: %o', (labels: Record<string, string>, problem) => {
    const reading = read(labels);
    expect(reading.labels).toBeNull();
    expect(reading.problems).toEqual([expect.stringMatching(problem)]);
  });

  it('tell all that is wrong at once', () => {
    const labels = Object.fromEntries(DISCOVERY_LABELS.map((name) => [name, '?']));
    expect(readLabels(labels).problems).toHaveLength(DISCOVERY_LABELS.length);
  });

  it('that are not known are told, with the one that is near, and do no harm', () => {
    const { labels, problems } = read({ 'velocity.wieght': '3', 'velocity.colour': 'blue' });
    expect(labels).toMatchObject({ service: 'shop', settings: {} });
    expect(problems).toEqual([
      'label `velocity.wieght` is not known: did you mean `velocity.weight`?',
      'label `velocity.colour` is not known',
    ]);
  });

  it('without the one of the service are a mistake', () => {
    expect(readLabels({ 'velocity.port': '80' })).toEqual({
      labels: null,
      problems: [expect.stringContaining('no label `velocity.service`')],
    });
  });

  it('are none of discovery’s where the container is one of the driver', () => {
    expect(isLabelled({ 'velocity.service': 'shop' })).toBe(true);
    expect(isLabelled({ 'velocity.port': '80' })).toBe(true);
    expect(isLabelled({ 'velocity.service': 'shop', 'velocity.managed': 'a/shop' })).toBe(false);
    expect(isLabelled({ velocity: 'yes', 'com.velocity.service': 'x' })).toBe(false);
  });
});
