import { VelocityError, type ErrorIssue } from '../errors/index.js';
import { desiredRules } from './desired-state.validator.js';
import { pathText, type ConfigIssue } from './issues/config-issue.js';
import type { SchemaResult } from './issues/schema-issues.js';
import { configNotices, emptyServiceNotices } from './notices.js';
import { CaFiles } from './resolve/ca-files.js';
import { resolveConfig } from './resolve/config.resolver.js';
import { ServiceResolver } from './resolve/service.resolver.js';
import { adminRules } from './rules/admin.rules.js';
import { driverRules } from './rules/driver.rules.js';
import { listenerRules } from './rules/listener.rules.js';
import { sharedLimitRules } from './rules/shared-limit.rules.js';
import { storageRules } from './rules/storage.rules.js';
import { looseObject } from './rules/loose.js';
import { configSchema, type ConfigInput } from './schema.js';
import type { z } from 'zod';
import type { ConfigDocument } from './source/config-document.js';
import type { Environment } from './source/environment.js';
import { LegacyKeys } from './source/legacy-keys.js';
import { coerced } from './source/substitution.js';
import { decodeConfigText } from './source/text-decoder.js';
import { PlainDocument } from './source/plain-document.js';
import { YamlDocument } from './source/yaml-document.js';
import type { VelocityConfig } from './velocity-config.js';
import { checkUnknown, WrittenServices } from './written-services.js';

/** A configuration that holds. */
export interface ParsedConfig {
  readonly config: VelocityConfig;
  /** As written, with placeholders replaced, older keys translated and short forms written out. */
  readonly input: ConfigInput;
  /** What should be looked at though it works, one text each, with `file:line:column`. */
  readonly notices: readonly string[];
}

/**
 * Reads a configuration in YAML (or JSON, which is YAML). `fileName` is for messages only. Empty text: all defaults.
 * Throws CONFIG_INVALID whose issues hold everything that is wrong at once, each with file, line and column.
 */
export function parseConfigText(
  content: string | Uint8Array,
  fileName: string,
  environment: Environment,
): ParsedConfig {
  const text = typeof content === 'string' ? content : decodeConfigText(content, fileName);
  const document = PlainDocument.of(text, environment) ?? new YamlDocument(text, environment);
  return new ConfigParser(document, fileName).parse();
}

type WrittenConfig = z.output<typeof configSchema>;

/** Makes a document into a configuration that holds, or says everything that is wrong with it. */
export class ConfigParser {
  private readonly legacy = new LegacyKeys();
  private readonly caFiles = new CaFiles();

  constructor(
    private readonly document: ConfigDocument,
    private readonly fileName: string,
    /** Which keys of the root are read. */
    private readonly isRead: (key: string) => boolean = () => true,
  ) {}

  parse(): ParsedConfig {
    const written = looseObject(this.document.value);
    const passedOver = Object.keys(written).filter((key) => !this.isRead(key));
    const raw = passedOver.length === 0 ? (this.document.value ?? {}) : without(written, passedOver);
    const problems = this.document.problems
      .filter(({ path }) => !passedOver.some((key) => key === path[0]))
      .map((problem) => this.located(problem, problem));
    if (problems.length > 0 && this.document.value === undefined) throw this.invalid(problems);
    this.legacy.translate(raw);
    const services = new WrittenServices(raw);
    const checked = this.checkWithCoercion(raw, services);
    const issues = [...problems, ...this.issues(raw, checked, services).map((issue) => this.located(issue))];
    if (issues.length > 0 || !checked.ok) throw this.invalid(issues);
    const { notices, ...parsed } = this.resolved(checked.value, services);
    return { ...parsed, notices: [...passedOver.map((key) => this.passedOverText(key)), ...notices] };
  }

  private passedOverText(key: string): string {
    return this.noticeText({
      path: [key],
      message: 'is only read from the configuration file at the start, and passed over here',
      atKey: true,
    });
  }

  private resolved(value: WrittenConfig, written: WrittenServices): ParsedConfig {
    const { services: checked, ...rest } = value;
    const defaults = rest.defaults ?? {};
    const services = written.resolve(checked ?? [], defaults, new ServiceResolver(defaults, this.caFiles));
    const input: ConfigInput =
      checked === undefined ? rest : { ...rest, services: services.map((service) => service.input) };
    const config = resolveConfig(
      input,
      services.map((service) => service.config),
    );
    const hasLabels = rest.discovery?.docker !== undefined;
    const ofServices = services.flatMap((service, index) =>
      [...service.notices, ...(hasLabels ? [] : emptyServiceNotices(service.input))].map((notice) => ({
        ...notice,
        path: ['services', index, ...notice.path],
      })),
    );
    const notices = [...this.legacy.notices, ...configNotices(rest), ...ofServices].map((notice) =>
      this.noticeText(notice),
    );
    return { config, input, notices };
  }

  /** Everything wrong beyond the text itself, without what follows from a placeholder that could not be replaced. */
  private issues(
    raw: unknown,
    checked: SchemaResult<WrittenConfig>,
    written: WrittenServices,
  ): ConfigIssue[] {
    const reported = new Set(this.document.problems.map((problem) => JSON.stringify(problem.path)));
    const issues = [
      ...this.legacy.conflicts,
      ...(checked.ok ? [] : checked.issues),
      ...listenerRules(raw),
      ...adminRules(raw),
      ...storageRules(raw),
      ...(this.isRead('redis') ? sharedLimitRules(raw) : []),
      ...(this.isRead('drivers') ? driverRules(raw) : []),
      ...desiredRules(looseObject(raw), this.caFiles, written.isKnown),
    ];
    return issues.filter((issue) => !reported.has(JSON.stringify(this.legacy.written(issue.path))));
  }

  /** A placeholder is a text; where the schema wants a number or true and false there, it becomes one. */
  private checkWithCoercion(raw: unknown, written: WrittenServices): SchemaResult<WrittenConfig> {
    const checked = checkUnknown(configSchema, raw, written.isKnown);
    if (checked.ok) return checked;
    let changed = false;
    for (const issue of checked.issues) {
      const place = JSON.stringify(this.legacy.written(issue.path));
      if (!this.document.wholePlaceholders.has(place) || !coerceAt(raw, issue)) continue;
      written.coerced(issue.path);
      changed = true;
    }
    return changed ? checkUnknown(configSchema, raw, written.isKnown) : checked;
  }

  private located(issue: ConfigIssue, position?: { line: number; column: number }): ErrorIssue {
    const path = this.legacy.written(issue.path);
    const { line, column } = position ?? this.document.locate({ ...issue, path });
    return { path: pathText(path), message: issue.message, file: this.fileName, line, column };
  }

  private noticeText(notice: ConfigIssue): string {
    const { path, message, line, column } = this.located(notice);
    return `${this.fileName}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
  }

  private invalid(issues: readonly ErrorIssue[]): VelocityError {
    const sorted = [...issues].sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    return configInvalid(this.fileName, sorted);
  }
}

/** The error for a file that was read but does not hold. */
export function configInvalid(fileName: string, issues: readonly ErrorIssue[]): VelocityError {
  const first = issues[0];
  const place = first?.path ? `${first.path}: ` : '';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const message = `${fileName}:${first?.line ?? 1}:${first?.column ?? 1}: ${place}${first?.message ?? 'is not valid'}${more}`;
  return new VelocityError('CONFIG_INVALID', message, { issues });
}

function without(root: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(root).filter(([key]) => !keys.includes(key)));
}

function coerceAt(root: unknown, issue: ConfigIssue): boolean {
  const key = issue.path.at(-1);
  let owner = root as Record<string | number, unknown> | undefined;
  for (const step of issue.path.slice(0, -1))
    owner = owner?.[step] as Record<string | number, unknown> | undefined;
  if (owner === undefined || key === undefined || typeof owner[key] !== 'string') return false;
  const value = coerced(owner[key]);
  if (value === owner[key]) return false;
  owner[key] = value;
  return true;
}
