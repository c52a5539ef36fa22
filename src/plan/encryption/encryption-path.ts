import { stateError, type RkeError } from '../../core/errors.js';
import {
  renderCustomEnding,
  customChangeInterruptedError,
  isCustomConfiguration,
} from './custom-configuration.js';
import { renderCustomEncryption, renderEncryption } from './encryption-configuration.js';
import { collectKeys, parseEncryption } from './parse-encryption.js';
import { findUnreadable, type Unreadable } from './find-unreadable.js';
import { planKeyRotation } from './key-rotation.js';
import type { EncryptionInput, EncryptionPair, EncryptionStep } from './encryption-step.js';

/** The steps from the current encryption of a cluster to the desired one. */
export interface EncryptionPath {
  /** The remaining steps; empty if the cluster has the desired encryption. */
  readonly steps: readonly EncryptionStep[];
  /** The text of the first step, or the final text if there is no step. */
  readonly text: string;
}

/**
 * Plans the steps from the texts of the state to the choice of cluster.yml. It depends only on those, so that the next run
 * continues after an interruption at any point, even of a key rotation.
 *
 * @throws RkeError (exit 4) if Secrets would become unreadable
 */
export function planEncryptionPath(input: EncryptionInput): EncryptionPath {
  switch (input.choice) {
    case 'off':
      return planOff(input);
    case 'custom':
      return planCustom(renderCustomEncryption(input.customConfig), input);
    case 'generated':
      return planOn(input);
  }
}

function planOff(input: EncryptionInput): EncryptionPath {
  const { desired, current } = input;
  if (desired === '' && current === '') return keepText('');
  const off: EncryptionStep = { text: '', rewrite: false };
  // All Secrets are stored in clear text already, so API servers may run without a configuration.
  if (desired === '' && parseEncryption(current)?.ending === true) return followSteps([off]);
  const ending =
    isCustomConfiguration(desired) || isCustomConfiguration(current)
      ? renderCustomEnding(input)
      : renderEncryption(collectKeys(current, desired), { ending: true });
  return followSteps([{ text: ending, rewrite: true }, off]);
}

function planOn(input: EncryptionInput): EncryptionPath {
  const { desired, current, isNew, controlPlanes, createKey } = input;
  const [currently, wanted] = [parseEncryption(current), parseEncryption(desired)];
  if (isCustomConfiguration(desired) || isCustomConfiguration(current)) return planFromCustom(input);
  const keys = collectKeys(current, desired);
  const text = renderEncryption(keys.length > 0 ? keys : [createKey()]);
  if (isNew) return keepText(text);
  if (currently?.ending === false && wanted?.ending === false)
    return desired === current ? keepText(current) : followSteps(planKeyRotation(input));
  // One API server may encrypt before another knows the key, so all of them get the key first.
  const isUnknownSomewhere = current === '' || desired === '';
  const first: EncryptionStep = {
    text: renderEncryption(collectKeys(text), { ending: true }),
    rewrite: false,
  };
  return followSteps([...(isUnknownSomewhere && controlPlanes > 1 ? [first] : []), { text, rewrite: true }]);
}

/** Plans from custom_config to generated keys: it stays, because only its keys decrypt what is in etcd, the same as in RKE. */
function planFromCustom({ desired, current }: EncryptionInput): EncryptionPath {
  // RKE leaves an older generated text in the desired half (cluster/cluster.go:777).
  if (desired === current || (isCustomConfiguration(current) && parseEncryption(desired) !== undefined))
    return keepText(current);
  throw customChangeInterruptedError();
}

function planCustom(text: string, { desired, current, isNew }: EncryptionInput): EncryptionPath {
  // RKE leaves an older generated text in the desired half (cluster/cluster.go:777).
  if (isNew || (current === text && (desired === text || parseEncryption(desired) !== undefined)))
    return keepText(text);
  // An interrupted run may have stored Secrets with its text, too; going back to the text before it is always possible.
  const isBack = text === current && isCustomConfiguration(desired);
  const lost = findUnreadable(text, isBack ? [current] : [current, desired]);
  if (lost === undefined) return followSteps([{ text, rewrite: true }]);
  throw unreadableError(lost);
}

function unreadableError({ resource, key }: Unreadable): RkeError {
  const objects = resource === 'secrets' ? 'Secrets' : `objects of ${resource}`;
  const how = key === undefined ? 'stored in clear text' : `encrypted with the key ${key}`;
  const provider = key === undefined ? 'identity: {}' : `a provider of the same kind with that key`;
  const rewrite = resource === 'secrets' ? '' : `, rewrite all ${resource} (kubectl get, kubectl replace)`;
  return stateError(
    'ENCRYPTION_KEY_MISSING',
    `custom_config of secrets_encryption_config cannot read ${objects} that are ${how}`,
    {
      fix:
        key === undefined
          ? `add ${provider} as the last provider of ${resource} in custom_config and run \`rke up\`${rewrite}; then remove it`
          : `add ${provider} to ${resource} in custom_config (its secret is in the state file, in encryptionConfig), or turn encryption off and run \`rke up\` before you turn it on with custom_config`,
    },
  );
}

/**
 * Builds the pair of the state before the first step. If that step goes back to the current text, because a change was reverted
 * halfway, the desired text that some API servers already have becomes the current one: two equal texts would mean that nothing
 * is left to do, and Secrets written in the meantime would not be re-encrypted.
 */
export function pairBeforeSteps(
  steps: readonly EncryptionStep[],
  text: string,
  { desired, current }: EncryptionPair,
): EncryptionPair {
  return { desired: text, current: steps.length > 0 && text === current ? desired : current };
}

/** Lists the pair of the state at the start of each step: its text, and the text before it. */
export function listPairs(path: readonly EncryptionStep[], start: string): readonly EncryptionPair[] {
  return path.map(({ text }, index) => ({ desired: text, current: path[index - 1]?.text ?? start }));
}

const keepText = (text: string): EncryptionPath => ({ steps: [], text });
const followSteps = (steps: readonly EncryptionStep[]): EncryptionPath => ({
  steps,
  text: steps[0]?.text ?? '',
});
