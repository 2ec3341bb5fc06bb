import type {
  BodyLimitSettings,
  MaintenanceSettings,
  MirrorSettings,
  RedirectStatus,
  ShapingPolicy,
} from '../../../common/contract/policies/index.js';
import { answerBody, type FixedAnswer } from '../fixed-answer.js';
import type { ShapedExchange } from './shaped.exchange.js';
import { NetworkList } from '../receive/network.list.js';
import { HeaderRules } from './header-rules.js';
import { PathRewrite } from './path.rewrite.js';
import { Template } from './template.js';

/** How one service shapes its traffic, ready to be asked for each exchange. Compiled with the snapshot. */
export class ServiceShaping {
  readonly maintenance: MaintenanceRule | null;
  readonly redirect: { readonly status: RedirectStatus; readonly target: Template } | null;
  readonly maxBody: BodyLimitSettings | null;
  readonly requestHeaders: HeaderRules | null;
  readonly responseHeaders: HeaderRules | null;
  readonly mirror: MirrorSettings | null;
  private readonly rewrite: PathRewrite | null;

  constructor(settings: ShapingPolicy) {
    const { maintenance, redirect, maxBody, requestHeaders, responseHeaders, rewrite, mirror } = settings;
    this.maintenance = maintenance && maintenanceRule(maintenance);
    this.redirect = redirect && { status: redirect.status, target: new Template(redirect.to) };
    this.maxBody = maxBody;
    this.requestHeaders = requestHeaders && new HeaderRules(requestHeaders);
    this.responseHeaders = responseHeaders && new HeaderRules(responseHeaders);
    this.rewrite = rewrite && new PathRewrite(rewrite);
    this.mirror = mirror;
  }

  /** Of an exchange that is let through: what its backend is asked for, and whether its request is copied. */
  prepare(exchange: ShapedExchange): void {
    const { rewrite, mirror } = this;
    if (rewrite !== null) rewrite.apply(exchange);
    if (mirror === null || (mirror.share < 1 && Math.random() >= mirror.share)) return;
    exchange.isMirrored = true;
    if (mirror.maxBodyBytes === 0) return;
    exchange.keptBodyBytes = Math.max(exchange.keptBodyBytes, mirror.maxBodyBytes);
    exchange.keepsBodyToEnd = true;
  }
}

/** Whether a service does anything of the kind. */
export function isShaping(settings: ShapingPolicy): boolean {
  return Object.values(settings).some((setting) => setting !== null);
}

/** Who is served during maintenance, and what the others are told. */
export interface MaintenanceRule {
  readonly allowed: NetworkList;
  readonly isShadow: boolean;
  /** null: the usual problem. */
  readonly answer: FixedAnswer | null;
}

function maintenanceRule(settings: MaintenanceSettings): MaintenanceRule {
  return {
    allowed: new NetworkList(settings.allow),
    isShadow: settings.shadow,
    answer: isUsual(settings) ? null : answerOf(settings),
  };
}

function isUsual({ status, retryAfterS, body }: MaintenanceSettings): boolean {
  return status === 503 && retryAfterS === 0 && body === '';
}

/** Seconds as of any refusal. */
const USUAL_RETRY_AFTER = 5;
const USUAL_TEXT = 'The service is under maintenance.\n';

function answerOf({ status, retryAfterS, contentType, body }: MaintenanceSettings): FixedAnswer {
  const text = body === '' ? USUAL_TEXT : body;
  return {
    status,
    headers: [
      'Content-Type',
      body === '' ? 'text/plain; charset=utf-8' : contentType,
      'Cache-Control',
      'no-store',
      'Retry-After',
      String(retryAfterS || USUAL_RETRY_AFTER),
    ],
    body: answerBody(text),
  };
}
