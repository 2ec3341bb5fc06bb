import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { type FitnessReport, ReadinessPort } from './ports.js';
import type { Readiness } from './resources/health.resource.js';

/** What anybody may know of our own fitness: each part's state, without reasons, addresses or counts. */
@Injectable()
export class ReadinessReader {
  constructor(private readonly readiness: ReadinessPort) {}

  async check(): Promise<Readiness> {
    const { status, details } = await this.report();
    const parts = Object.entries(details).map(([part, { status: state }]) => [part, stateOf(state)] as const);
    return {
      status: status === 'ok' || status === 'degraded' ? status : 'error',
      parts: Object.fromEntries(parts),
    };
  }

  private async report(): Promise<FitnessReport> {
    try {
      return await this.readiness.check();
    } catch (error) {
      const body: unknown = error instanceof ServiceUnavailableException ? error.getResponse() : null;
      if (isReport(body)) return body;
      throw error;
    }
  }
}

function stateOf(state: string): 'up' | 'degraded' | 'down' {
  return state === 'up' || state === 'degraded' ? state : 'down';
}

function isReport(body: unknown): body is FitnessReport {
  return typeof body === 'object' && body !== null && 'status' in body && 'details' in body;
}
