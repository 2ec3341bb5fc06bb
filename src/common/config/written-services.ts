import type { z } from 'zod';
import type { ConfigIssue, ConfigPath } from './issues/config-issue.js';
import { checkSchema, type SchemaResult } from './issues/schema-issues.js';
import { serviceNotices } from './notices.js';
import type { ServiceResolver } from './resolve/service.resolver.js';
import { looseList, looseObject } from './rules/loose.js';
import type { DefaultsInput, serviceSchema } from './schema.js';
import { serviceMemory, type KnownService } from './service.memory.js';
import { expandService } from './written-form.js';

type WrittenService = z.output<typeof serviceSchema>;

/** As many as the schema allows; a longer list is looked at as a whole, to be refused. */
const MAX_SERVICES = 10_000;

/** The services of a file as they are written, and which of them are known from the last reading. */
export class WrittenServices {
  /** By place; null: not to be remembered. */
  private readonly texts: (string | null)[];
  private readonly defaults: string;
  private readonly known: readonly (KnownService | undefined)[];

  constructor(raw: unknown) {
    const keys = looseObject(raw);
    const services = looseList(keys['services']);
    this.defaults = JSON.stringify(keys['defaults'] ?? {});
    this.texts = services.length > MAX_SERVICES ? [] : services.map((service) => JSON.stringify(service));
    this.known = this.texts.map((text) => serviceMemory.recall(text ?? '', this.defaults));
  }

  /** A value in it became a number or true or false: equal text written without a placeholder would be wrong. */
  coerced([first, index]: ConfigPath): void {
    if (first === 'services' && typeof index === 'number') this.texts[index] = null;
  }

  readonly isKnown = (index: number): boolean => this.known[index] !== undefined;

  /** All of them in order, once the file holds; `checked` are those that were not known. They are known from now on. */
  resolve(
    checked: readonly WrittenService[],
    defaults: DefaultsInput,
    resolver: ServiceResolver,
  ): KnownService[] {
    const fresh = checked.values();
    const services = this.known.map((known) => known ?? resolved(fresh.next().value!, defaults, resolver));
    const byText = new Map<string, KnownService>();
    for (const [index, service] of services.entries()) {
      const text = this.texts[index];
      if (typeof text === 'string') byText.set(text, service);
    }
    serviceMemory.remember(byText, this.defaults, defaults);
    return services;
  }
}

/**
 * `checkSchema` for something with a list `services`, without those that are known to be valid. They are also missing
 * from the value that comes out; the paths of issues are as if all had been looked at.
 */
export function checkUnknown<T extends z.ZodType>(
  schema: T,
  value: unknown,
  isKnown: (index: number) => boolean,
): SchemaResult<z.output<T>> {
  const keys = looseObject(value);
  const services = looseList(keys['services']);
  const places = Array.from(services.keys()).filter((index) => !isKnown(index));
  if (places.length === services.length) return checkSchema(schema, value);
  const unknown = places.map((place) => services[place]);
  const checked = checkSchema(schema, { ...keys, services: unknown });
  return checked.ok ? checked : { ok: false, issues: checked.issues.map((issue) => placed(issue, places)) };
}

function placed(issue: ConfigIssue, places: readonly number[]): ConfigIssue {
  const [first, index, ...rest] = issue.path;
  if (first !== 'services' || typeof index !== 'number') return issue;
  return { ...issue, path: [first, places[index]!, ...rest] };
}

function resolved(service: WrittenService, defaults: DefaultsInput, resolver: ServiceResolver): KnownService {
  // A copy, because the texts of the original are slices of the whole file, which they would keep in memory.
  const written = JSON.parse(JSON.stringify(service)) as WrittenService;
  const input = frozen(expandService(written));
  return { input, config: resolver.resolve(input), notices: serviceNotices(written, defaults) };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const child of Object.values(value)) frozen(child);
  return Object.freeze(value);
}
