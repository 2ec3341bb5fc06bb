import { Observation } from './observation.js';
import { OK, Origin } from './origin.js';

/** An origin that answers each request when the test lets it, and counts how many it works on. */
export class PatientOrigin {
  /** Most requests at a time so far. */
  most = 0;
  private readonly pending: (() => void)[] = [];
  private readonly targets: string[] = [];

  private constructor() {}

  origin!: Origin;

  static async start(): Promise<PatientOrigin> {
    const patient = new PatientOrigin();
    patient.origin = await Origin.start(async (connection) => {
      for (;;) {
        const request = await connection.request();
        patient.targets.push(request.line.split(' ')[1]!);
        const { promise, resolve } = Promise.withResolvers<void>();
        patient.pending.push(resolve);
        patient.most = Math.max(patient.most, patient.pending.length);
        await promise;
        await connection.send(OK);
      }
    });
    return patient;
  }

  /** Targets in order of arrival. */
  get asked(): readonly string[] {
    return this.targets;
  }

  /** Answers the oldest request, which may still be on its way. */
  async answer(): Promise<void> {
    await Observation.until(() => this.pending.length > 0, 'a request has arrived');
    this.pending.shift()!();
  }
}
