import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { nearestKey } from '../../../common/config/index.js';

interface Route {
  readonly method: string;
  /** Such as `/api/v1/services/:name`. */
  readonly path: string;
  readonly segments: readonly string[];
}

/** What the controllers of the application serve, read from their decorators: for errors that say what exists. */
@Injectable()
export class RouteTable {
  private known: readonly Route[] | null = null;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Methods that a path answers to; empty: the path is unknown. */
  methodsOf(path: string): readonly string[] {
    // Express takes one slash at the end for none, but no empty segment.
    if (path.includes('//')) return [];
    const segments = segmentsOf(path);
    const methods = this.routes()
      .filter((route) => isSamePath(route.segments, segments))
      .map((route) => route.method);
    return [...new Set(methods)].sort();
  }

  /** The route that serves a request, such as `/api/v1/services/:name`; null: none does. */
  patternOf(method: string, path: string): string | null {
    if (path.includes('//')) return null;
    const segments = segmentsOf(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const route = this.routes().find(
      (candidate) => candidate.method === wanted && isSamePath(candidate.segments, segments),
    );
    return route?.path ?? null;
  }

  /** The known path that a mistyped one was probably meant to be; null when none is near. */
  nearest(path: string): string | null {
    const asked = segmentsOf(path);
    const candidates = new Map(this.routes().map((route) => [filledIn(route.segments, asked), route.path]));
    const nearest = nearestKey(path, [...candidates.keys()]);
    return nearest === null ? null : candidates.get(nearest)!;
  }

  private routes(): readonly Route[] {
    this.known ??= [...this.modules.values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap((controller) => (controller.metatype ? this.routesOf(controller.metatype) : []));
    return this.known;
  }

  private routesOf(controller: Function): readonly Route[] {
    const base = String(Reflect.getMetadata(PATH_METADATA, controller) ?? '');
    return this.scanner.getAllMethodNames(controller.prototype).flatMap((name) => {
      const handler: object = controller.prototype[name];
      const method: RequestMethod | undefined = Reflect.getMetadata(METHOD_METADATA, handler);
      if (method === undefined) return [];
      const paths: string | string[] = Reflect.getMetadata(PATH_METADATA, handler) ?? '';
      return [paths].flat().map((path) => {
        const segments = segmentsOf(`${base}/${path}`);
        return { method: RequestMethod[method], path: `/${segments.join('/')}`, segments };
      });
    });
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':');
}

function isSamePath(route: readonly string[], asked: readonly string[]): boolean {
  return (
    route.length === asked.length &&
    route.every((segment, index) => isParameter(segment) || segment === asked[index]!.toLowerCase())
  );
}

/** The route with its parameters as asked, so that names of services do not count as differences. */
function filledIn(route: readonly string[], asked: readonly string[]): string {
  return `/${route.map((segment, index) => (isParameter(segment) ? (asked[index] ?? '') : segment)).join('/')}`;
}
