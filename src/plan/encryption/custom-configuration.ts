import { stateError, type RkeError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import { renderCustomEncryption } from './encryption-configuration.js';
import { parseEncryption } from './parse-encryption.js';
import type { EncryptionInput } from './encryption-step.js';

/** True if a text of the state is a custom_config. */
export const isCustomConfiguration = (text: string): boolean =>
  text !== '' && parseEncryption(text) === undefined;

/** Creates the error for a custom_config that only some hosts have: no other configuration has its keys. */
export function customChangeInterruptedError(): RkeError {
  return stateError(
    'ENCRYPTION_CUT_OFF',
    'a run that deployed another custom_config of secrets_encryption_config was interrupted',
    {
      fix: 'restore that custom_config in cluster.yml, complete it with `rke up`, then change it',
    },
  );
}

/**
 * Renders custom_config with `identity` first: the API servers still decrypt with its keys, but write clear text.
 *
 * @throws RkeError (exit 4) ENCRYPTION_CUT_OFF if the custom_config is not known, ENCRYPTION_CUSTOM if it encrypts more than
 *   Secrets
 */
export function renderCustomEnding({ desired, current, earlierConfigs = [] }: EncryptionInput): string {
  for (const config of earlierConfigs) {
    const known = [renderCustomEncryption(config), moveIdentityFirst(config)];
    const isKnown = (text: string): boolean => !isCustomConfiguration(text) || known.includes(text);
    if (!isKnown(desired) || !isKnown(current)) continue;
    const ending = known[1];
    if (ending === undefined) throw notOnlySecretsError();
    return ending;
  }
  throw customChangeInterruptedError();
}

function notOnlySecretsError(): RkeError {
  return stateError(
    'ENCRYPTION_CUSTOM',
    'cannot turn off encryption automatically: custom_config encrypts more than Secrets',
    {
      fix: 'put identity: {} first in every providers list of custom_config, run `rke up`, rewrite all objects of its resources (kubectl get, kubectl replace), then turn encryption off',
    },
  );
}

/** Moves `identity` to the front of every entry; undefined if the configuration encrypts more than Secrets, because a run
 * re-encrypts only those. RKE changes only the first entry. */
function moveIdentityFirst(config: unknown): string | undefined {
  const entries: unknown = isRecord(config) ? config['resources'] : undefined;
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  const isSecrets = (entry: unknown): boolean =>
    isRecord(entry) && Array.isArray(entry['resources']) && entry['resources'].join() === 'secrets';
  if (!isRecord(config) || list.length === 0 || !list.every(isSecrets)) return undefined;
  const resources = list.filter(isRecord).map((entry) => {
    const providers: readonly unknown[] = Array.isArray(entry['providers']) ? entry['providers'] : [];
    const others = providers.filter((provider) => !(isRecord(provider) && 'identity' in provider));
    return { ...entry, providers: [{ identity: {} }, ...others] };
  });
  return renderCustomEncryption({ ...config, resources });
}
