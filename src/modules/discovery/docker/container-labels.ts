import { nearestKey, parseBackendInput, parseServiceInput } from '../../../common/config/index.js';
import { isVelocityError, type ErrorIssue } from '../../../common/errors/index.js';
import type { FoundBackend } from '../found.js';

/** All labels that discovery reads. */
export const DISCOVERY_LABELS = [
  'velocity.service',
  'velocity.port',
  'velocity.scheme',
  'velocity.weight',
  'velocity.group',
  'velocity.backup',
  'velocity.hosts',
  'velocity.paths',
] as const;
type Label = (typeof DISCOVERY_LABELS)[number];

const PREFIX = 'velocity.';
/** What the driver marks its containers with: those are backends already. */
const MANAGED = 'velocity.managed';
const KNOWN: readonly string[] = DISCOVERY_LABELS;
const KEYS = KNOWN.map((name) => name.slice(PREFIX.length));
/** Only for a check of everything else: which port and address it is, is known later. */
const ANY_URL = 'http://127.0.0.1:1';

/** What the labels of one container say. */
export interface ContainerLabels {
  readonly service: string;
  /** null: not said. */
  readonly port: number | null;
  readonly scheme: 'http' | 'https';
  /** Only what is said. */
  readonly settings: Omit<FoundBackend['backend'], 'url'>;
  /** null: not said. In lower case. */
  readonly hosts: readonly string[] | null;
  readonly paths: readonly string[] | null;
}

export interface LabelReading {
  /** null: they cannot be used. */
  readonly labels: ContainerLabels | null;
  /** Each names its label. */
  readonly problems: readonly string[];
}

/** Whether a container has labels for discovery. Those of our own driver have none, whatever else they carry. */
export function isLabelled(labels: Readonly<Record<string, string>>): boolean {
  return !(MANAGED in labels) && Object.keys(labels).some((name) => name.startsWith(PREFIX));
}

/**
 * Reads the labels of a container. Names and values are held against the rules of the configuration. A label that is not
 * known is a problem but does no harm; one that does not parse makes the container unusable, for nobody knows what it should be.
 */
export function readLabels(labels: Readonly<Record<string, string>>): LabelReading {
  const unknown = Object.keys(labels).filter((name) => name.startsWith(PREFIX) && !KNOWN.includes(name));
  const problems = unknown.map(unknownLabel);
  const broken: string[] = [];
  const service = labels['velocity.service'];
  if (service === undefined)
    broken.push('has no label `velocity.service`: which service is it a backend of?');
  const reader = new LabelReader(labels, broken);
  const found: ContainerLabels = {
    service: service ?? '',
    port: reader.number('velocity.port', 1, 65_535),
    scheme: reader.oneOf('velocity.scheme', ['http', 'https']) ?? 'http',
    settings: reader.settings(),
    hosts: reader.list('velocity.hosts')?.map((host) => host.toLowerCase()) ?? null,
    paths: reader.list('velocity.paths'),
  };
  if (service !== undefined) broken.push(...ruleProblems(found));
  return { labels: broken.length === 0 ? found : null, problems: [...problems, ...broken] };
}

function unknownLabel(name: string): string {
  const nearest = nearestKey(name.slice(PREFIX.length), KEYS);
  return `label \`${name}\` is not known${nearest === null ? '' : `: did you mean \`${PREFIX}${nearest}\`?`}`;
}

/** Values of labels are texts: here they become what the configuration has. */
class LabelReader {
  constructor(
    private readonly labels: Readonly<Record<string, string>>,
    private readonly broken: string[],
  ) {}

  number(label: Label, min: number, max: number): number | null {
    const text = this.labels[label];
    if (text === undefined) return null;
    const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.broken.push(`label \`${label}\`: ${JSON.stringify(text)} is no whole number from ${min} to ${max}`);
    return null;
  }

  oneOf<T extends string>(label: Label, values: readonly T[]): T | null {
    const text = this.labels[label];
    if (text === undefined) return null;
    const value = values.find((value) => value === text.trim().toLowerCase());
    if (value !== undefined) return value;
    this.broken.push(`label \`${label}\`: ${JSON.stringify(text)} is not ${values.join(' or ')}`);
    return null;
  }

  /** Items with commas between them. */
  list(label: Label): readonly string[] | null {
    const text = this.labels[label];
    return text === undefined ? null : text.split(',').map((item) => item.trim());
  }

  settings(): ContainerLabels['settings'] {
    const weight = this.number('velocity.weight', 0, 1_000);
    const backup = this.oneOf('velocity.backup', ['true', 'false']);
    const group = this.labels['velocity.group'];
    return {
      ...(weight === null ? {} : { weight }),
      ...(backup === null ? {} : { backup: backup === 'true' }),
      ...(group === undefined ? {} : { group }),
    };
  }
}

/** What the rules of the configuration say: they are those of a service that is typed in. */
function ruleProblems({ service, settings, hosts, paths }: ContainerLabels): string[] {
  const described = { ...(hosts === null ? {} : { hosts }), ...(paths === null ? {} : { paths }) };
  return [
    ...issuesOf(() => parseServiceInput({ name: service, ...described })),
    ...issuesOf(() => parseBackendInput({ url: ANY_URL, ...settings })),
  ];
}

function issuesOf(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!isVelocityError(error, 'CONFIG_INVALID')) throw error;
    return error.issues.map(issueText);
  }
}

/** `hosts[1]` of the configuration is a part of `velocity.hosts`. */
function issueText({ path, message }: ErrorIssue): string {
  const key = path.replace(/\[.*$/, '');
  return `label \`${PREFIX}${key === 'name' ? 'service' : key}\`: ${message}`;
}
