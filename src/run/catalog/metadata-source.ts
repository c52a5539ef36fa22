import type { EventSink } from '../../core/events.js';

/** Source of version metadata that replaces the built-in catalogue. */
export interface MetadataSource {
  /** A URL, or the path of RKE's data.json. */
  readonly source: string;
  /** Directory that keeps downloads for runs without a network. */
  readonly cacheDir: string;
}

/** Options of what reads the version catalogue. */
export interface MetadataOptions {
  /** Source of RKE's version metadata if it is not the built-in one (RANCHER_METADATA_URL). */
  readonly metadata?: MetadataSource | undefined;
  /** Receives a warning if the source does not answer. */
  readonly events: EventSink;
  readonly signal: AbortSignal;
}

/** True for an HTTP or HTTPS URL. */
export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
