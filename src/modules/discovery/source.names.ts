/** The source of backends that containers bring by their labels. */
export const DOCKER_SOURCE = 'docker';

/** `dns:shop.internal`, `file:config/shop.yml`. */
export function sourceName(type: 'dns' | 'file', place: string): string {
  return `${type}:${place}`;
}

/** Whether discovery brought it: what others bring is left alone, also what somebody typed in with a source of his own. */
export function isOwnSource(source: string): boolean {
  return source === DOCKER_SOURCE || source.startsWith('dns:') || source.startsWith('file:');
}
