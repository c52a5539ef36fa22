/** Where version metadata is that stands in the place of the built-in. */
export interface MetadataSource {
  /** A URL, or the path of RKE's data.json. */
  readonly source: string;
  /** Where downloads are kept for the time without a network. */
  readonly cacheFolder: string;
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
