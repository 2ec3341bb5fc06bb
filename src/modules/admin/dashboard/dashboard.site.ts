import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { VelocityError } from '../../../common/errors/index.js';
import { setPageHeaders } from '../http/security-headers.js';

/** The build of `dashboard/`, seen from the build of this file as well as from its source. */
const FOLDER = fileURLToPath(new URL('../../../../dist/dashboard/', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
};
/** Vite puts a hash of the content into these names: what such a name means never changes. */
const HASHED_NAME = /-[\w-]{8}\.\w+$/;
const FOREVER = 'public, max-age=31536000, immutable';
const ACCEPTS_GZIP = /(?:^|[,\s])(?:gzip|\*)\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))/i;

interface SiteFile {
  readonly type: string;
  readonly tag: string;
  readonly cacheControl: string;
  readonly plain: Variant;
  readonly gzip: Variant | null;
}

interface Variant {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The browser application: static files that are read when somebody asks for them and never kept. Which files there are
 * is looked up once, at the first look; a path that is none of them is not served, so no path can lead elsewhere.
 */
@Injectable()
export class DashboardSite {
  private files: Promise<ReadonlyMap<string, SiteFile>> | null = null;

  /** Answers with the page in which the application runs. Rejects with ROUTE_NOT_FOUND when it was not built. */
  async page(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = (await this.known()).get('index.html');
    if (file === undefined) throw notBuilt();
    setPageHeaders(response);
    await send(file, request, response);
  }

  /** Answers with one of its files. `name`: path below `assets/`. Rejects with ROUTE_NOT_FOUND. */
  async asset(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = (await this.known()).get(`assets/${name}`);
    if (file === undefined) {
      throw new VelocityError(
        'ROUTE_NOT_FOUND',
        'The dashboard has no such file: load its page again, it may be of an older version.',
      );
    }
    response.setHeader('Cache-Control', file.cacheControl);
    response.setHeader('ETag', file.tag);
    if (request.headers['if-none-match']?.includes(file.tag)) {
      response.statusCode = 304;
      response.end();
      return;
    }
    await send(file, request, response);
  }

  private known(): Promise<ReadonlyMap<string, SiteFile>> {
    this.files ??= filesOf(FOLDER).catch((error: unknown) => {
      this.files = null;
      throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? notBuilt() : error;
    });
    return this.files;
  }
}

async function filesOf(folder: string): Promise<ReadonlyMap<string, SiteFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const sizes = new Map(
    await Promise.all(paths.map(async (file) => [file, (await stat(file)).size] as const)),
  );
  const served = paths.filter((file) => path.extname(file) in TYPES);
  const files = await Promise.all(
    served.map(async (file) => {
      const gzip = sizes.get(`${file}.gz`);
      const digest = createHash('sha256').update(await readFile(file));
      const siteFile: SiteFile = {
        type: TYPES[path.extname(file)]!,
        tag: `"${digest.digest('base64url').slice(0, 22)}"`,
        cacheControl: HASHED_NAME.test(file) ? FOREVER : 'no-cache',
        plain: { path: file, bytes: sizes.get(file)! },
        gzip: gzip === undefined ? null : { path: `${file}.gz`, bytes: gzip },
      };
      return [path.relative(folder, file).split(path.sep).join('/'), siteFile] as const;
    }),
  );
  return new Map(files);
}

async function send(file: SiteFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const takesGzip = ACCEPTS_GZIP.test(String(request.headers['accept-encoding'] ?? ''));
  const variant = takesGzip && file.gzip !== null ? file.gzip : file.plain;
  response.setHeader('Content-Type', file.type);
  response.setHeader('Content-Length', variant.bytes);
  response.setHeader('Vary', 'Accept-Encoding');
  if (variant === file.gzip) response.setHeader('Content-Encoding', 'gzip');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(createReadStream(variant.path), response);
  } catch (error) {
    // Whoever asked has left: nobody to tell.
    if (!response.destroyed) throw error;
  }
}

function notBuilt(): VelocityError {
  return new VelocityError(
    'ROUTE_NOT_FOUND',
    'The dashboard is not part of this build: run npm run build. All routes are in /docs.',
  );
}
