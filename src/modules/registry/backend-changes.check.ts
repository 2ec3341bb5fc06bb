import { isVelocityError } from '../../common/errors/index.js';
import type { RegistryView } from './registry-view.js';
import { type BackendChange, withBackendChanges } from './state-change.js';
import { validateNext } from './state.validator.js';

/** Why these changes would be refused on what runs; empty: they would be taken. */
export function refusalOfChanges(
  view: Pick<RegistryView, 'state' | 'services'>,
  changes: readonly BackendChange[],
): string {
  try {
    validateNext(view, withBackendChanges(view.state, changes));
    return '';
  } catch (error) {
    if (isVelocityError(error)) return error.message;
    throw error;
  }
}
