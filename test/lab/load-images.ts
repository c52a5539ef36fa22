import type { Log } from './settings.js';

export interface ImageTarget {
  readonly dockerHost: string;
  /** host:port of the registry, from this machine. */
  readonly registry: string;
  readonly log: Log;
}

/** Sees that the registry serves the images of a cluster. */
export function loadImages({ registry, log }: ImageTarget): Promise<string[]> {
  log(`the registry at ${registry} serves what it has`);
  return Promise.resolve([]);
}
