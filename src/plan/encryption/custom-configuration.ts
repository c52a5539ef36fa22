import { stateError, type RkeError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import { renderCustomEncryption } from './encryption-configuration.js';
import { parseEncryption } from './parse-encryption.js';
import type { EncryptionInput } from './encryption-step.js';

/** Is a text of the state a configuration of the user's own. */
export const isCustomConfiguration = (text: string): boolean =>
  text !== '' && parseEncryption(text) === undefined;

/** One configuration of the user's own is on its way to the hosts, and its keys are known to that configuration alone. */
export function customChangeInterruptedError(): RkeError {
  return stateError(
    'ENCRYPTION_CUT_OFF',
    'a run that brought another custom_config of secrets_encryption_config to the hosts was cut off',
    {
      fix: 'put that custom_config back into cluster.yml, bring it to an end with rke up, and then change it',
    },
  );
}

/**
 * The user's own configuration with `identity` first: what it wrote can be read, and is written in clear.
 *
 * @throws RkeError (exit 4) where it is not known, or not of Secrets alone
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
    'encryption cannot be turned off by itself: its configuration is your own, and not of Secrets alone',
    {
      fix: 'put identity: {} first in every providers list of custom_config, run rke up, write all those objects anew, and then turn it off',
    },
  );
}

/** Undefined where it is of more than Secrets, which alone are written anew. RKE puts it into the first entry only. */
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
