import { SetMetadata } from '@nestjs/common';

export const OPEN_ROUTE = Symbol('OpenRoute');

/** Marks a route (or all routes of a controller) that answers without a token. Everything else needs one. */
export const OpenRoute = () => SetMetadata(OPEN_ROUTE, true);
