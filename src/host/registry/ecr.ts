import { parseEcrAddress } from '../../core/ecr-address.js';
import type { AwsKeys } from './aws-signature.js';
import { noAwsKeys, notEcr } from './ecr-errors.js';
import { askForToken, type EcrToken } from './ecr-token.js';
import type { CallOptions, RegistryAuth } from '../host.js';

export interface EcrOptions {
  /** Source of keys that are not in cluster.yml. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another endpoint than that of AWS; for tests. */
  readonly endpoint?: string | undefined;
  readonly now?: () => Date;
}

/** A pull that starts with the password must still be accepted. */
const spareMilliseconds = 60_000;

/**
 * Gets passwords for AWS registries (RKE util/ecr.go): requested when first needed, then kept until they expire.
 *
 * @param url of the registry; `plugin` is its block of cluster.yml with the names of the state file. Missing keys are taken
 *   from the environment.
 * @throws RkeError (exit 6) that says whether the address, the keys, their permissions or the network are wrong
 */
export type EcrLogin = (
  registry: { readonly url: string; readonly plugin: Readonly<Record<string, string>> },
  options: CallOptions,
) => Promise<RegistryAuth>;

/** @returns the login of one run */
export function createEcrLogin({
  env = process.env,
  endpoint,
  now = () => new Date(),
}: EcrOptions = {}): EcrLogin {
  const tokens = new Map<string, Promise<EcrToken>>();
  const hasEnded = ({ endsAt }: EcrToken): boolean => endsAt.getTime() - spareMilliseconds <= now().getTime();
  return async ({ url, plugin }, options) => {
    const address = parseEcrAddress(url);
    if (address === undefined) throw notEcr(url);
    const keys = keysOf(plugin, env);
    if (keys === undefined) throw noAwsKeys(address.domain);
    const name = `${address.domain} ${keys.accessKeyId}`;
    // A failure is kept as well, so that an unreachable network is not waited for with every image.
    const known = tokens.get(name);
    if (known !== undefined && !hasEnded(await known)) return (await known).auth;
    // Of several that find it expired, the first one asks.
    if (tokens.get(name) === known) tokens.set(name, askForToken(address, keys, { ...options, endpoint }));
    return (await (tokens.get(name) as Promise<EcrToken>)).auth;
  };
}

/** Both keys of the file, otherwise both of the environment; the same as RKE v1. */
function keysOf(
  plugin: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): AwsKeys | undefined {
  const pairs: AwsKeys[] = [
    {
      accessKeyId: plugin['awsAccessKeyId'] ?? '',
      secretAccessKey: plugin['awsSecretAccessKey'] ?? '',
      sessionToken: plugin['awsAccessToken'] ?? '',
    },
    {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: env['AWS_SESSION_TOKEN'] ?? '',
    },
  ];
  return pairs.find(({ accessKeyId, secretAccessKey }) => accessKeyId !== '' && secretAccessKey !== '');
}
