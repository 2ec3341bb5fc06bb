import type { BrokenFile } from './broken-file.js';

const PROCESS = 'process: { command: node, ports: 9200-9299 }';

/** A service `shop` with this scaling, each line of which stands on its own line from 5 on. */
function scaling(...lines: readonly string[]): readonly string[] {
  const drivers = 'drivers: { process: {}, docker: {}, kubernetes: {}, webhook: {} }';
  return [drivers, 'services:', '  - name: shop', '    scaling:', ...lines.map((line) => `      ${line}`)];
}

/** A service `shop` with these sources, each on its own line from 4 on. */
function discovery(...sources: readonly string[]): readonly string[] {
  return ['services:', '  - name: shop', '    discovery:', ...sources.map((source) => `      - ${source}`)];
}

const AT = 'services[0].scaling';

export const SCALING: readonly BrokenFile[] = [
  {
    story: 'min above max',
    yaml: scaling(PROCESS, 'min: 6', 'max: 5'),
    issues: [`6:12: ${AT}.min: 6 is above max (5): lower min, or raise max`],
  },
  {
    story: 'min above the built-in max',
    yaml: scaling('docker: { image: shop, port: 80 }', 'min: 11'),
    issues: [
      `6:12: ${AT}.min: 11 is above max (10, which is what it is unless written): lower min, or raise max`,
    ],
  },
  {
    story: 'scaling without a driver',
    yaml: scaling('min: 1'),
    issues: [
      `5:7: ${AT}: does not say what copies are started with: write one of process, docker, kubernetes, webhook`,
    ],
  },
  {
    story: 'two drivers',
    yaml: scaling(PROCESS, 'docker: { image: shop, port: 80 }'),
    issues: [`5:7: ${AT}: has several drivers (process, docker): keep one of them`],
  },
  {
    story: 'a driver that the file does not name',
    yaml: [
      'drivers: { docker: {} }',
      'services:',
      '  - { name: shop, scaling: { process: { command: node, ports: 9200-9299 } } }',
    ],
    issues: [
      `3:30: ${AT}.process: needs the driver process, which is not named: write the top-level key drivers: { process: {} }, or remove this one`,
    ],
  },
  {
    story: 'labels of containers without an engine',
    yaml: ['discovery: { docker: {} }'],
    issues: [
      '1:14: discovery.docker: needs the engine: write the top-level key drivers: { docker: {} }, or remove this one',
    ],
  },
  {
    story: 'the CPU of copies that nobody sees',
    yaml: scaling('kubernetes: { deployment: shop, service: shop }', 'targets: { cpu: 70% }'),
    issues: [
      `6:23: ${AT}.targets.cpu: has no source: the kubernetes driver does not know what its copies use; use another target`,
    ],
  },
  {
    story: 'the length of a queue in which nobody waits',
    yaml: scaling(PROCESS, 'targets: { queue: 5 }'),
    issues: [
      `6:25: ${AT}.targets.queue: has no source: nobody waits at this service; write queue.size, or use another target`,
    ],
  },
  {
    story: 'idle without sleep',
    yaml: scaling(PROCESS, 'idle: 10m'),
    issues: [`6:13: ${AT}.idle: has no meaning while at least 1 must run: write min: 0, or remove it`],
  },
  {
    story: 'fewer ports than copies',
    yaml: scaling('process: { command: node, ports: 9200-9204 }', 'max: 6'),
    issues: [
      `5:40: ${AT}.process.ports: 9200-9204 are 5 ports for up to 6 processes (max): write at least 6`,
    ],
  },
  {
    story: 'ports backwards',
    yaml: scaling('process: { command: node, ports: 9299-9200 }'),
    issues: [
      `5:40: ${AT}.process.ports: "9299-9200" is no range of ports: write the first and the last one, 1 to 65535, such as 9200-9299`,
    ],
  },
  {
    story: 'an empty command and a variable without a name',
    yaml: scaling('process: { command: "", env: { A-B: x, C: 1 }, ports: 9200-9299 }'),
    issues: [
      `5:27: ${AT}.process.command: is empty: write a program`,
      `5:38: ${AT}.process.env.A-B: "A-B" is no name of a variable: write letters, digits and "_"`,
      `5:49: ${AT}.process.env.C: must be a text: put it in quotes`,
    ],
  },
  {
    story: 'what may be a secret, in another place than its own',
    yaml: scaling('webhook: hidden-0123456789'),
    issues: [`5:16: ${AT}.webhook: must be an object with url and secret`],
  },
  {
    story: 'variables that are none, and a secret that is missing',
    yaml: [
      'drivers: { process: {}, webhook: {} }',
      'services:',
      '  - { name: a, hosts: [a.test], scaling: { process: { command: node, env: TOKEN=hidden, ports: 9200-9299 } } }',
      '  - { name: b, hosts: [b.test], scaling: { webhook: { url: "https://scaler.test/" } } }',
    ],
    issues: [
      '3:75: services[0].scaling.process.env: must be an object: names of variables with their values',
      '4:53: services[1].scaling.webhook.secret: is missing: write a text',
    ],
  },
  {
    story: 'images that are none, and a label that is ours',
    yaml: scaling('docker: { image: "shop web", port: 80, labels: { velocity.service: shop } }'),
    issues: [
      `5:24: ${AT}.docker.image: "shop web" is no image: write it as for docker run, such as nginx:1.29 or registry.example.com/shop/web:3`,
      `5:56: ${AT}.docker.labels["velocity.service"]: "velocity.service" is set by the balancer: labels that begin with velocity. are its own`,
    ],
  },
  {
    story: 'an image in capitals',
    yaml: scaling('docker: { image: Shop/Web, port: 80 }'),
    issues: [`5:24: ${AT}.docker.image: "Shop/Web" is no image: names of images are in lower case`],
  },
  {
    story: 'a secret in a URL, and one that is too short and not repeated',
    yaml: scaling('webhook: { url: "https://user:hidden@scaler.test/", secret: "hidden" }'),
    issues: [
      `5:23: ${AT}.webhook.url: has a user name or a password in it, which everybody could read here: remove it, requests are signed with secret`,
      `5:67: ${AT}.webhook.secret: is too short for a secret: write at least 16 characters, such as those of \`openssl rand -hex 32\``,
    ],
  },
  {
    story: 'times that are none, that never come, and a zone that is none',
    yaml: scaling(
      PROCESS,
      'schedules:',
      '  - { cron: "0 8 * *", for: 1h, min: 2 }',
      '  - { cron: "0 0 31 2 *", for: 1h, min: 2 }',
      '  - { cron: "0 25 * * *", for: 1h, min: 2 }',
      '  - { cron: "0 8 * * *", timezone: Berlin, for: 1h, min: 2 }',
    ),
    issues: [
      `7:19: ${AT}.schedules[0].cron: "0 8 * *" is no time in the form of cron, of five or six fields: write minute, hour, day of the month, month and day of the week, such as "0 8 * * 1-5", with the second in front if it matters`,
      `8:19: ${AT}.schedules[1].cron: "0 0 31 2 *" never comes: no month has that day`,
      `9:19: ${AT}.schedules[2].cron: "0 25 * * *" is no time in the form of cron (Field value (25) is out of range): write minute, hour, day of the month, month and day of the week, such as "0 8 * * 1-5", with the second in front if it matters`,
      `10:42: ${AT}.schedules[3].timezone: "Berlin" is no time zone: write its IANA name, such as Europe/Berlin or UTC`,
    ],
  },
  {
    story: 'schedules that change nothing, or cannot be met',
    yaml: scaling(
      PROCESS,
      'min: 2',
      'schedules:',
      '  - { cron: "0 8 * * *", for: 1h, min: 2 }',
      '  - { cron: "0 8 * * *", for: 1h, min: 20 }',
    ),
    issues: [
      `8:46: ${AT}.schedules[0].min: 2 is not above min (2), so it would change nothing: raise it`,
      `9:46: ${AT}.schedules[1].min: 20 is above max (10): lower it, or raise max`,
    ],
  },
  {
    story: 'steps that are none',
    yaml: scaling(PROCESS, 'up: { step: 0 }', 'down: { step: [1, 2] }'),
    issues: [
      `6:19: ${AT}.up.step: 0 is out of range: write a whole number from 1 to 1000`,
      `7:21: ${AT}.down.step: has the same kind twice: write a number and a share`,
    ],
  },
  {
    story: 'scaling beside groups and beside a redirect',
    yaml: [
      'drivers: { process: {} }',
      'services:',
      '  - name: shop',
      '    redirect: { to: "https://shop.test/" }',
      `    scaling: { ${PROCESS} }`,
      '    discovery: [{ file: backends.yml }]',
    ],
    issues: [
      '5:5: services[0].scaling: has no meaning beside redirect, which answers every request: remove one of the two',
      '6:5: services[0].discovery: has no meaning beside redirect, which answers every request: remove one of the two',
    ],
  },
  {
    story: 'a way to an engine that is none, and two ways',
    yaml: ['drivers: { docker: { url: "tcp://127.0.0.1:2375", socket: /run/docker.sock } }'],
    issues: [
      '1:27: drivers.docker.url: begins with tcp://: write scheme, host and port alone, such as http://127.0.0.1:2375',
    ],
  },
  {
    story: 'sources that say too little, or too much',
    yaml: discovery(
      '{}',
      '{ dns: shop.test }',
      '{ dns: shop.test, record: srv, port: 80 }',
      '{ file: a.yml, port: 80 }',
      '{ dns: b.test, port: 80, file: b.yml }',
      '{ dns: c.test, port: 80, servers: [dns.test] }',
    ),
    issues: [
      '4:9: services[0].discovery[0]: says not where to look: write dns or file',
      '5:9: services[0].discovery[1]: has no port, which A and AAAA records do not say: write port, or record: srv',
      '6:16: services[0].discovery[2].dns: "shop.test" is looked at already, by item 1: remove one of them',
      '6:46: services[0].discovery[2].port: is said by the SRV records: remove it',
      '7:30: services[0].discovery[3].port: is of dns only, and this is a file: remove it',
      '8:40: services[0].discovery[4].file: is another source than dns: make it an item of its own',
      '9:44: services[0].discovery[5].servers[0]: "dns.test" is no name server: write its IP address, with a port if it is not 53, such as 10.0.0.2 or 10.0.0.2:5353',
    ],
  },
  {
    story: 'bounds of the time between questions that cross',
    yaml: discovery('{ dns: shop.test, port: 80, interval: { min: 2m } }'),
    issues: [
      '4:54: services[0].discovery[0].interval.min: 2m must not be above max (60s): lower it, or raise max',
    ],
  },
];
