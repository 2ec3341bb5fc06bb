import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AccessLogRecord } from '../../../src/common/contract/index.js';
import type { AdminConfig } from '../../../src/common/config/index.js';
import { AdminModule } from '../../../src/modules/admin/admin.module.js';
import { type AccessToken, AdminServer, openTokenFile } from '../../../src/modules/admin/index.js';
import { HealthService } from '../../../src/modules/health/index.js';
import {
  RegistryService,
  STORE_CONNECTION,
  type StoreConnection,
} from '../../../src/modules/registry/index.js';
import { TestedParts } from './tested.parts.js';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed when it is JSON of any kind, else null. */
  readonly body: unknown;
}

export interface CallOptions {
  /** Sent as JSON; a text or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the right one; null: none. */
  readonly token?: string | null;
}

/** The real admin API on a real socket, over the real registry, store, logs, metrics and probes. */
export class AdminApplication {
  private constructor(
    readonly app: NestExpressApplication,
    readonly parts: TestedParts,
    readonly token: AccessToken,
    readonly url: string,
    readonly directory: string,
  ) {}

  /** `directory`: of an earlier one, that was ended. Default: a new one. `past`: what analytics find. */
  static async start(
    settings: Partial<AdminConfig> = {},
    directory = mkdtempSync(join(tmpdir(), 'velocity-admin-')),
    past: readonly AccessLogRecord[] = [],
  ): Promise<AdminApplication> {
    const tokenFile = join(directory, 'admin.token');
    const admin: AdminConfig = {
      host: '127.0.0.1',
      port: 0,
      tokenFile,
      allowedHosts: [],
      authentication: 'token',
      tls: null,
      ...settings,
    };
    const token = openTokenFile(admin.tokenFile, () => undefined);
    const parts = new TestedParts(directory, past);
    const server = new AdminServer(admin);
    const app = await NestFactory.create<NestExpressApplication>(
      AdminModule.register({ admin, token, imports: await parts.modules() }),
      { ...server.options, logger: false },
    );
    server.configure(app);
    await app.init();
    const registry = app.get(RegistryService, { strict: false });
    registry.onChanged((view) => parts.publish(view));
    parts.publish(await registry.start(null, 'test'));
    await app.listen(0, admin.host);
    return new AdminApplication(app, parts, token, await app.getUrl(), directory);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get store(): StoreConnection {
    return this.app.get(STORE_CONNECTION, { strict: false });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { body, token = this.token.value } = options;
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: bytesOf(body),
    });
    const text = await response.text();
    const isJson = text !== '' && /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    };
  }

  /** Keeps the directory. */
  async end(): Promise<void> {
    const { store } = this;
    await this.app.close();
    await store.close();
  }

  /** Resolves when so many backends of the first service have been probed. */
  async judged(count: number): Promise<void> {
    const health = this.app.get(HealthService, { strict: false });
    const { backends } = this.parts.publisher.current()!.services[0]!.snapshot;
    while (backends.filter(({ id }) => health.statusOf(id)?.lastProbe).length < count) {
      await new Promise<void>((resolve) => health.onChange(() => resolve()));
    }
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}
