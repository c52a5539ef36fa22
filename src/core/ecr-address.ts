/** Parts of the address of an AWS registry (ECR). */
export interface EcrAddress {
  /** Domain of the registry, without a path. */
  readonly domain: string;
  readonly region: string;
  /** Domain of the API that gives passwords for the registry. */
  readonly apiDomain: string;
}

const pattern = /^[a-z0-9][\w-]*\.dkr\.ecr(-fips)?\.([a-z0-9][\w-]*)\.amazonaws\.com(\.cn)?(?=\/|$)/i;

/**
 * Reads `<account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn]`, with or without a path (RKE util/ecr.go).
 *
 * @returns undefined for the address of another registry
 */
export function parseEcrAddress(url: string): EcrAddress | undefined {
  const [domain, fips, region, china = ''] = pattern.exec(url) ?? [];
  if (domain === undefined || region === undefined) return undefined;
  const service = fips === undefined ? 'api.ecr' : 'ecr-fips';
  return { domain, region, apiDomain: `${service}.${region}.amazonaws.com${china}` };
}
