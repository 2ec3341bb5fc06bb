import type { EngineContainer } from '../../../common/docker/index.js';
import type { DiscoveryProblem, Findings, FoundBackend, FoundService } from '../found.js';
import { containerAddress, type ContainerReach } from './container.address.js';
import { isLabelled, readLabels, type ContainerLabels } from './container-labels.js';

type Description = 'hosts' | 'paths';
const DESCRIPTIONS: readonly Description[] = ['hosts', 'paths'];

/** What labelled containers are as backends. Pure: the same containers, in whatever order, are the same findings. */
export function findingsOf(containers: readonly EngineContainer[], reach: ContainerReach): Findings {
  const gathering = new Gathering(reach);
  for (const container of containers.filter(({ labels }) => isLabelled(labels)).toSorted(byAge)) {
    gathering.add(container);
  }
  return gathering.findings();
}

/** The oldest is the one whose word counts: a newcomer cannot take over what others have described. */
function byAge(a: EngineContainer, b: EngineContainer): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}

interface Described {
  readonly name: string;
  hosts: readonly string[] | null;
  paths: readonly string[] | null;
  readonly saidBy: Partial<Record<Description, string>>;
  place: string;
}

class Gathering {
  private readonly backends: FoundBackend[] = [];
  private readonly problems: DiscoveryProblem[] = [];
  private readonly services = new Map<string, Described>();
  /** Places by service and URL. */
  private readonly taken = new Map<string, string>();

  constructor(private readonly reach: ContainerReach) {}

  add(container: EngineContainer): void {
    const place = `container ${container.name} (${container.id.slice(0, 12)})`;
    const { labels, problems } = readLabels(container.labels);
    for (const message of problems) this.problems.push({ place, message });
    if (labels === null) return;
    if (container.health === 'unhealthy') {
      this.problems.push({
        place,
        message: 'is unhealthy by its own health check: left out until that passes',
      });
    }
    // What is not well yet does not serve, and what does not serve describes nothing.
    if (container.health === 'unhealthy' || container.health === 'starting') return;
    const reached = containerAddress(container, labels.port, this.reach);
    if ('problem' in reached) {
      this.problems.push({ place, message: reached.problem });
      return;
    }
    this.addBackend(labels, `${labels.scheme}://${reached.authority}`, place);
    this.describe(labels, place);
  }

  findings(): Findings {
    const services = [...this.services.values()].map(({ name, hosts, paths, place }): FoundService => ({
      name,
      hosts: hosts ?? [],
      paths: paths ?? [],
      place,
    }));
    return { backends: this.backends, services, problems: this.problems };
  }

  private addBackend({ service, settings }: ContainerLabels, url: string, place: string): void {
    const key = `${service} ${url}`;
    const other = this.taken.get(key);
    if (other !== undefined) {
      this.problems.push({ place, message: `has the address of ${other}, ${url}: a backend is listed once` });
      return;
    }
    this.taken.set(key, place);
    this.backends.push({ service, backend: { url, ...settings }, place });
  }

  /** Those that say nothing agree with everybody. */
  private describe(labels: ContainerLabels, place: string): void {
    if (labels.hosts === null && labels.paths === null) return;
    const name = labels.service;
    const known = this.services.get(name) ?? { name, hosts: null, paths: null, saidBy: {}, place };
    this.services.set(name, known);
    for (const what of DESCRIPTIONS) {
      const said = labels[what];
      if (said === null) continue;
      const before = known[what];
      if (before === null) {
        known[what] = said;
        known.saidBy[what] = place;
      } else if (!areSame(before, said)) {
        this.problems.push({
          place,
          message: conflict(name, what, { said, before, by: known.saidBy[what]! }),
        });
      }
    }
  }
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join();
}

interface Conflict {
  readonly said: readonly string[];
  readonly before: readonly string[];
  readonly by: string;
}

function conflict(service: string, what: Description, { said, before, by }: Conflict): string {
  return (
    `label \`velocity.${what}\` says ${said.join(', ')}, but ${by} describes the service "${service}" with ` +
    `${before.join(', ')}, and is older: that counts`
  );
}
