import type { OverrideSettings, Snapshot } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import { PathPattern, plainPath } from '../paths/path.pattern.js';

interface CompiledOverride {
  readonly settings: OverrideSettings;
  readonly pattern: PathPattern;
}

/** Timeouts and retries of single paths: the first rule of the service that fits an exchange applies to it. */
export class PathOverrides {
  /** By service name; only services that have rules. */
  private rules: ReadonlyMap<string, readonly CompiledOverride[]> = new Map();

  use({ services }: Snapshot): void {
    const overriding = services.filter(({ policies }) => policies.overrides.rules.length > 0);
    this.rules = new Map(
      overriding.map(({ name, policies }) => [
        name,
        policies.overrides.rules.map((settings) => ({ settings, pattern: new PathPattern(settings.path) })),
      ]),
    );
  }

  /** For an exchange whose service has rules. */
  apply(exchange: Exchange): void {
    const rules = this.rules.get(exchange.settings.name);
    if (rules === undefined) return;
    const path = plainPath(exchange.path);
    for (let index = 0; index < rules.length; index++) {
      const { settings, pattern } = rules[index]!;
      if (settings.method !== '' && settings.method !== exchange.head.method) continue;
      if (!pattern.matches(path)) continue;
      exchange.timeouts = settings.timeouts;
      exchange.retries = settings.retries;
      return;
    }
  }
}
