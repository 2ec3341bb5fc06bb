import { ConfigParser } from './config.parser.js';
import type { DesiredInput } from './desired-state.validator.js';
import { configSchema, GLOBAL_POLICY_KEYS, globalPoliciesOf, type ConfigInput } from './schema.js';
import { CLOSED_ENVIRONMENT } from './source/environment.js';
import { LEGACY_START_KEYS } from './source/legacy-keys.js';
import { PlainDocument } from './source/plain-document.js';
import { decodeConfigText } from './source/text-decoder.js';
import { YamlDocument } from './source/yaml-document.js';

/** The part of a configuration that can change while the balancer runs. */
export interface ParsedDesired {
  readonly state: DesiredInput;
  /** As in {@link ParsedConfig}. */
  readonly notices: readonly string[];
}

/**
 * Reads the part of a configuration that can change while the balancer runs, from a text that somebody sends. Keys that only
 * a start reads are passed over with a notice; placeholders elsewhere are refused. Throws as {@link parseConfigText}.
 */
export function parseDesiredText(content: Uint8Array, name: string): ParsedDesired {
  const text = decodeConfigText(content, name);
  const document = PlainDocument.of(text, CLOSED_ENVIRONMENT) ?? new YamlDocument(text, CLOSED_ENVIRONMENT);
  const { input, notices } = new ConfigParser(document, name, isDesiredKey).parse();
  return { state: desiredOf(input), notices };
}

/** The part of a configuration that can change while the balancer runs. */
export function desiredOf(input: ConfigInput): DesiredInput {
  return {
    trustedProxies: input.trustedProxies ?? [],
    ...globalPoliciesOf(input),
    defaults: input.defaults ?? {},
    services: input.services ?? [],
  };
}

/** Unknown keys are left in, to be refused. */
function isDesiredKey(key: string): boolean {
  const isStartOnly = Object.hasOwn(configSchema.shape, key) || LEGACY_START_KEYS.has(key);
  return DESIRED_KEYS.has(key) || !isStartOnly;
}

const DESIRED_KEYS: ReadonlySet<string> = new Set<keyof DesiredInput>([
  'trustedProxies',
  ...GLOBAL_POLICY_KEYS,
  'defaults',
  'services',
]);
