import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfigFile, parseDuration } from '../../src/common/config/index.js';
import { KubernetesDriver } from '../../src/modules/autoscaling/drivers/kubernetes/index.js';
import { eventually } from '../support/eventually.js';
import { keep } from '../support/keep.js';
import { KubernetesApiServer } from '../support/kubernetes/api.server.js';
import { requireOrSkip } from '../support/requirements.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MANIFESTS = path.join(ROOT, 'deploy/kubernetes');
const UNIT = 'velocity@.service';

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly [key: string]: unknown;
}

interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly terminationGracePeriodSeconds: number;
    readonly containers: readonly Container[];
  };
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const files = globSync('*.yaml', { cwd: MANIFESTS }).filter((name) => name !== 'kustomization.yaml');
const resources = files.flatMap((name) =>
  parseAllDocuments(readFileSync(path.join(MANIFESTS, name), 'utf8')).map(
    (document) => document.toJS() as Resource,
  ),
);
const one = (kind: string, name = 'velocity') =>
  resources.find((resource) => resource.kind === kind && resource.metadata.name === name)!;
const template = () => (one('Deployment')['spec'] as { template: PodTemplate }).template;

/** Validates by the kinds of one release. */
function validatorOf(version: string): (resource: Resource) => string[] {
  const file = path.join(ROOT, `test/support/kubernetes/schema-${version}.json`);
  const { kinds, definitions } = JSON.parse(readFileSync(file, 'utf8')) as {
    kinds: Record<string, object>;
    definitions: object;
  };
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const validators = new Map<string, ValidateFunction>(
    Object.entries(kinds).map(([kind, schema]) => [kind, ajv.compile({ ...schema, definitions })]),
  );
  return (resource) => {
    const validate = validators.get(`${resource.apiVersion}/${resource.kind}`);
    if (validate === undefined) return ['this kind is unknown'];
    validate(resource);
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    );
  };
}

describe.each(['1.25', '1.37'])('the manifests, by the schemas of Kubernetes %s', (version) => {
  const problemsOf = validatorOf(version);

  it.each(resources.map((resource) => [`${resource.kind} ${resource.metadata.name}`, resource] as const))(
    'have a valid %s',
    (_, resource) => {
      expect(problemsOf(resource)).toEqual([]);
    },
  );

  it('would not have a field that is unknown, or one of another type', () => {
    const wrong = structuredClone(one('Deployment')) as unknown as {
      spec: { template: { spec: { containers: Record<string, unknown>[] } }; replicas: unknown };
    };
    wrong.spec.template.spec.containers[0]!['readynessProbe'] = {};
    wrong.spec.replicas = 'two';
    const problems = problemsOf(wrong as unknown as Resource).join('\n');
    expect(problems).toContain('readynessProbe');
    expect(problems).toContain('/spec/replicas must be integer');
  });
});

describe('the manifests', () => {
  it('are the parts of the kustomization', () => {
    const text = readFileSync(path.join(MANIFESTS, 'kustomization.yaml'), 'utf8');
    const { resources: named, images } = parse(text) as {
      resources: string[];
      images: { name: string; newTag: string }[];
    };
    expect(named.toSorted()).toEqual(files.toSorted());
    const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(images[0]).toMatchObject({ name: template().spec.containers[0]!.image, newTag: version });
  });

  it('are taken by kubectl as a whole', () => {
    const built = spawnSync('kubectl', ['kustomize', MANIFESTS], { encoding: 'utf8' });
    if (built.error !== undefined) return requireOrSkip('kubectl', built.error.message);
    expect(built.stderr).toBe('');
    expect(parseAllDocuments(built.stdout)).toHaveLength(resources.length);
  });

  it('have a configuration that runs, on the ports that are named, with time to drain', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-deploy-'));
    keep({ close: () => rm(folder, { recursive: true }) });
    const file = path.join(folder, 'velocity.yml');
    await writeFile(file, (one('ConfigMap')['data'] as Record<string, string>)['velocity.yml']!);
    const { config } = await loadConfigFile(file, { MONGODB_URI: 'mongodb://mongodb/velocity' });
    const { containers, terminationGracePeriodSeconds } = template().spec;
    const ports = containers[0]!.ports.map(({ name, containerPort }) => [name, containerPort]);
    expect(Object.fromEntries(ports)).toEqual({
      traffic: config.listeners[0]!.port,
      admin: config.admin.port,
    });
    expect(config.admin.host).toBe('0.0.0.0');
    const preStopMs = Number(containers[0]!.lifecycle.preStop.exec.command[1]) * 1000;
    expect(preStopMs).toBeGreaterThan(0);
    expect(terminationGracePeriodSeconds * 1000).toBeGreaterThan(preStopMs + config.shutdown.deadlineMs);
  });

  it('mean the same pods, account and namespace', () => {
    const labels = template().metadata.labels;
    const budget = one('PodDisruptionBudget')['spec'] as { selector: object };
    expect(budget.selector).toEqual({ matchLabels: labels });
    expect((one('Deployment')['spec'] as { selector: object }).selector).toEqual({ matchLabels: labels });
    for (const name of ['velocity', 'velocity-admin']) {
      expect((one('Service', name)['spec'] as { selector: object }).selector).toEqual(labels);
    }
    const { name, namespace } = one('ServiceAccount').metadata;
    expect(template().spec.serviceAccountName).toBe(name);
    expect(one('RoleBinding', 'velocity-scaling')['subjects']).toEqual([
      { kind: 'ServiceAccount', name, namespace },
    ]);
    expect(new Set(resources.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace]));
  });

  it('give the account what the driver uses, and nothing more', async () => {
    const api = keep(await KubernetesApiServer.start(1));
    const driver = keep(
      new KubernetesDriver({
        settings: { namespace: null, deployment: 'shop', service: 'shop', port: 80 },
        access: { kubeconfig: await api.kubeconfig(), context: null },
        surroundings: { environment: {} },
      }),
    );
    driver.watch(() => undefined);
    await Promise.all([api.watching('pods'), api.watching('endpointslices')]);
    api.controller.paused = true;
    await driver.start(1);
    await driver.list();
    api.controller.resume();
    await driver.stop(['shop-1']);
    await eventually(async () => expect(await driver.list()).toHaveLength(1));
    const rules = one('Role', 'velocity-scaling')['rules'] as Rule[];
    const allowed = rules.flatMap(({ resources: named, verbs }) =>
      named.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
    );
    expect([...new Set(api.asked.map(({ use }) => use))].toSorted()).toEqual(allowed.toSorted());
  });
});

describe('the unit of systemd', () => {
  const text = readFileSync(path.join(ROOT, 'deploy/systemd', UNIT), 'utf8');
  const valuesOf = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1]!);

  it('waits longer than a drain takes by default', async () => {
    const { config } = await loadConfigFile(path.join(ROOT, 'config/velocity.yml'), {});
    expect(parseDuration(valuesOf('TimeoutStopSec')[0]!)).toBeGreaterThan(config.shutdown.deadlineMs);
    expect(valuesOf('KillMode')).toEqual(['mixed']);
  });

  it('is one for systemd, and hardened as it says', async () => {
    const present = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
    const version = Number(/^systemd (\d+)/.exec(present.stdout ?? '')?.[1] ?? 0);
    if (version < 250)
      return requireOrSkip('systemd', present.error?.message ?? `version ${version} is too old`);
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-unit-'));
    keep({ close: () => rm(folder, { recursive: true }) });
    // Only programs that are there are valid.
    const file = path.join(folder, UNIT);
    await writeFile(file, text.replace('/usr/bin/velocity', process.execPath));
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    expect(verified.stderr).not.toContain(UNIT);
    expect(verified.status).toBe(0);
    const rated = execFileSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', '--no-pager', file],
      {
        encoding: 'utf8',
      },
    );
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(rated)?.[1])).toBeLessThanOrEqual(2);
  });

  it('would be told apart from one that is broken', async () => {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) return;
    const folder = await mkdtemp(path.join(tmpdir(), 'velocity-unit-'));
    keep({ close: () => rm(folder, { recursive: true }) });
    const file = path.join(folder, UNIT);
    const broken = text
      .replace('/usr/bin/velocity', process.execPath)
      .replace('ProtectSystem=', 'ProtektSystem=');
    await writeFile(file, broken);
    expect(spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' }).stderr).toContain(
      'ProtektSystem',
    );
  });
});
