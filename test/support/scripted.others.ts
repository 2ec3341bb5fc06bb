import {
  type LoadElsewhere,
  NOTHING_ELSEWHERE,
  type OtherBalancers,
} from '../../src/modules/coordination/index.js';

/** The other balancers on the store, as a test has them: nobody, unless it says something else. */
export class ScriptedOthers implements Pick<
  OtherBalancers,
  'refresh' | 'loadOf' | 'inFlightAt' | 'areDoneWith'
> {
  load: LoadElsewhere = NOTHING_ELSEWHERE;
  /** By backend id. */
  readonly inFlight = new Map<string, number>();
  /** What they run; null: nobody else is there. */
  settled: number | null = null;

  async refresh(): Promise<void> {
    // What the test says holds at once.
  }

  loadOf(): LoadElsewhere {
    return this.load;
  }

  inFlightAt(backend: string): number {
    return this.inFlight.get(backend) ?? 0;
  }

  areDoneWith(backend: string, revision: number): boolean {
    return this.settled === null || (this.settled >= revision && this.inFlightAt(backend) === 0);
  }
}
