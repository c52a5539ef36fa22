import type { S3Object } from './s3.js';

/** What an answer to ListObjectsV2 has. */
export interface ListingPage {
  readonly objects: readonly S3Object[];
  /** For the next page; undefined on the last. */
  readonly next: string | undefined;
}

/** Parses an answer to ListObjectsV2. @throws Error for any other text */
export function readListing(xml: string): ListingPage {
  if (!/<ListBucketResult[\s>]/.test(xml)) throw new Error('the answer is not from an S3 service');
  const objects = [...xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)].map(([, entry = '']): S3Object => ({
    key: textOf(entry, 'Key') ?? '',
    bytes: Number(textOf(entry, 'Size')),
    modifiedAt: Math.floor(Date.parse(textOf(entry, 'LastModified') ?? '') / 1000),
  }));
  const next = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
  return { objects, next };
}

/** Reads the error in an answer; undefined in an answer without one. */
export function readS3Error(
  xml: string,
): { readonly code: string; readonly message: string; readonly region?: string } | undefined {
  const error = /<Error>([\s\S]*)<\/Error>/.exec(xml)?.[1];
  if (error === undefined) return undefined;
  const region = textOf(error, 'Region');
  return {
    code: textOf(error, 'Code') ?? '',
    message: textOf(error, 'Message') ?? '',
    ...(region === undefined ? {} : { region }),
  };
}

/** Text of the first element with the name. */
function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : decode(text);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function decode(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}
