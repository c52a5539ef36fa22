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

/** How a cluster comes to the encryption that it should have. */
export interface EncryptionPath {
  /** What is still to be done; none where the cluster has it. */
  readonly steps: readonly EncryptionStep[];
  /** What the hosts have until the first step begins, and for good where there is none. */
  readonly text: string;
}

/**
 * The way from what the state has to what cluster.yml says; by those texts alone, so that a run that was cut off anywhere is
 * gone on with; a rotation of the key, too.
 *
 * @throws RkeError (exit 4) where Secrets would become unreadable
 */
export function planEncryptionPath(input: EncryptionInput): EncryptionPath {
  switch (input.choice) {
    case 'off':
      return planOff(input);
    case 'custom':
      return planCustom(renderCustomEncryption(input.customConfig), input);
    case 'own':
      return planOn(input);
  }
}

function planOff(input: EncryptionInput): EncryptionPath {
  const { desired, current } = input;
  if (desired === '' && current === '') return keepText('');
  const off: EncryptionStep = { text: '', rewrite: false };
  // Everything was written in clear already; API servers may be without a configuration.
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
  // While one API server already encrypts, another one may not know the key yet: so all get to know it first.
  const isUnknownSomewhere = current === '' || desired === '';
  const first: EncryptionStep = {
    text: renderEncryption(collectKeys(text), { ending: true }),
    rewrite: false,
  };
  return followSteps([...(isUnknownSomewhere && controlPlanes > 1 ? [first] : []), { text, rewrite: true }]);
}

/** A configuration that was the user's own: its keys decrypt what is in etcd, so it stays, as in RKE. */
function planFromCustom({ desired, current }: EncryptionInput): EncryptionPath {
  // RKE leaves an older text of its own in the desired half (cluster/cluster.go:777).
  if (desired === current || (isCustomConfiguration(current) && parseEncryption(desired) !== undefined))
    return keepText(current);
  throw customChangeInterruptedError();
}

function planCustom(text: string, { desired, current, isNew }: EncryptionInput): EncryptionPath {
  // RKE leaves an older text of its own in the desired half (cluster/cluster.go:777).
  if (isNew || (current === text && (desired === text || parseEncryption(desired) !== undefined)))
    return keepText(text);
  // A run that did not finish may have stored with its text, too; back to the one before is the way out of it.
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
    `${objects} are ${how}, which custom_config of secrets_encryption_config cannot read`,
    {
      fix:
        key === undefined
          ? `add ${provider} as the last provider of ${resource} in custom_config and run rke up${rewrite}; then it can be removed`
          : `add ${provider} to ${resource} in custom_config (its secret is in the state file, in encryptionConfig), or turn encryption off and run rke up before you turn it on with custom_config`,
    },
  );
}

/**
 * What the state says before the first step begins. Where that leads back to what every API server had, because a change was
 * taken back halfway, the text that some of them have by now stands for what was there: two equal texts would say that all is
 * done, and what was written meanwhile would stay as it is.
 */
export function pairBeforeSteps(
  steps: readonly EncryptionStep[],
  text: string,
  { desired, current }: EncryptionPair,
): EncryptionPair {
  return { desired: text, current: steps.length > 0 && text === current ? desired : current };
}

/** What the state says when a step begins: where it leads to, and what was there before. */
export function listPairs(path: readonly EncryptionStep[], start: string): readonly EncryptionPair[] {
  return path.map(({ text }, index) => ({ desired: text, current: path[index - 1]?.text ?? start }));
}

const keepText = (text: string): EncryptionPath => ({ steps: [], text });
const followSteps = (steps: readonly EncryptionStep[]): EncryptionPath => ({
  steps,
  text: steps[0]?.text ?? '',
});
