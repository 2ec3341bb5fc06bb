import { NestFactory } from '@nestjs/core';
import { PUBLICATION_SOURCE, type PublicationSource } from '../../data-plane/index.js';
import { AccessToken } from '../access/access-token.js';
import { AdminModule } from '../admin.module.js';
import {
  AnalyticsPort,
  AuditPort,
  BackendHealthPort,
  BalancersPort,
  BanPort,
  BlocklistPort,
  DiscoveryPort,
  ExplainPort,
  GuardPort,
  HealthRecordsPort,
  LogQueryPort,
  MetricsPort,
  OutagePort,
  OverviewPort,
  PlannerPort,
  ReadinessPort,
  RecordTapPort,
  RegistryPort,
  ScalingPort,
  ScalingRecordsPort,
  SystemStatusPort,
  TokenPort,
  TrafficPort,
} from '../ports.js';
import { openApiDocument } from './openapi.document.js';

const PORTS = [
  AnalyticsPort,
  AuditPort,
  BackendHealthPort,
  BalancersPort,
  BanPort,
  BlocklistPort,
  DiscoveryPort,
  ExplainPort,
  GuardPort,
  HealthRecordsPort,
  LogQueryPort,
  MetricsPort,
  OutagePort,
  OverviewPort,
  PlannerPort,
  ReadinessPort,
  RecordTapPort,
  RegistryPort,
  ScalingPort,
  ScalingRecordsPort,
  SystemStatusPort,
  TokenPort,
  TrafficPort,
];
const NOTHING_PUBLISHED: PublicationSource = { current: () => null, onPublished: () => undefined };

/** The text of `docs/openapi.json`. The application is built but never started: nothing behind the ports is called. */
export async function generateOpenApi(): Promise<string> {
  const admin = AdminModule.register({
    admin: {
      host: '127.0.0.1',
      port: 0,
      tokenFile: '',
      allowedHosts: [],
      authentication: 'token',
      tls: null,
    },
    token: new AccessToken(''),
    ports: [
      ...PORTS.map((port) => ({ provide: port, useValue: {} })),
      { provide: PUBLICATION_SOURCE, useValue: NOTHING_PUBLISHED },
    ],
  });
  const app = await NestFactory.create(admin, { logger: false });
  try {
    return `${JSON.stringify(openApiDocument(app), null, 2)}\n`;
  } finally {
    await app.close();
  }
}
