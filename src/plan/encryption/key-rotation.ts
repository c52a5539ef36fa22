import { stateError } from '../../core/errors.js';
import { renderEncryption, type EncryptionKey } from './encryption-configuration.js';
import { parseEncryption } from './parse-encryption.js';
import type { EncryptionInput, EncryptionStep } from './encryption-step.js';

/**
 * The steps of a rotation of the key, from wherever an earlier one was cut off: a new key that all API servers can read, then
 * one that encrypts, with all Secrets rewritten, and last without the old key (RKE cluster/encryption.go:88-172, which gave
 * API servers a key that others did not know yet).
 *
 * @throws RkeError (exit 4) where the cluster does not encrypt with a key of ours
 */
export function planKeyRotation({
  desired,
  current,
  controlPlanes,
  createKey,
}: Pick<EncryptionInput, 'desired' | 'current' | 'controlPlanes' | 'createKey'>): EncryptionStep[] {
  const [now, next] = [parseEncryption(current), parseEncryption(desired)];
  if (now === undefined || next === undefined || now.ending || next.ending)
    throw stateError('ENCRYPTION_NOT_READY', 'the cluster does not encrypt its Secrets with a key of rke', {
      fix: 'enable services.kube-api.secrets_encryption_config without custom_config and run rke up first',
    });
  const learn = (first: EncryptionKey, second: EncryptionKey): EncryptionStep => ({
    text: renderEncryption([first, second]),
    rewrite: false,
  });
  const use = (fresh: EncryptionKey, old: EncryptionKey): EncryptionStep[] => [
    { text: renderEncryption([fresh, old]), rewrite: true },
    { text: renderEncryption([fresh]), rewrite: false },
  ];
  const [old, second] = now.keys;
  const [first, other] = next.keys;
  if (old === undefined || first === undefined) return [];
  const isSame = (one: EncryptionKey, another: EncryptionKey): boolean => one.secret === another.secret;
  if (second === undefined && other === undefined) {
    // RKE was cut off before it told the desired half: the old key is nowhere used.
    if (!isSame(old, first)) return use(old, first);
    const fresh = createKey();
    return [...(controlPlanes > 1 ? [learn(old, fresh)] : []), ...use(fresh, old)];
  }
  if (second === undefined && other !== undefined)
    return isSame(old, first) ? [learn(old, other), ...use(other, old)] : use(first, old);
  if (second !== undefined && other === undefined && isSame(first, old)) return use(old, second).slice(1);
  // Both have two keys, or RKE was cut off: nobody knows how far it was.
  return second === undefined || (other !== undefined && isSame(first, second))
    ? use(first, old)
    : use(old, second);
}
