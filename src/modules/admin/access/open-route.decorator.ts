import { SetMetadata } from '@nestjs/common';

export const OPEN_ROUTE = Symbol('OpenRoute');

/** Marks a route (or all routes of a controller) that answers without the token. Everything else needs it. */
export const OpenRoute = () => SetMetadata(OPEN_ROUTE, true);
