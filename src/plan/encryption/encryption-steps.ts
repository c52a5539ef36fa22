import { stateError, type RkeError } from '../../core/errors.js';
import { customEnding, cutOff, isCustom } from './encryption-custom.js';
import { customEncryptionText, encryptionText } from './encryption.js';
import { keysOf, parseEncryption } from './encryption-keys.js';
import { findUnreadable, type Unreadable } from './encryption-readable.js';
import { rotationSteps } from './encryption-rotation.js';
import type { EncryptionInput, EncryptionPair, EncryptionStep } from './encryption-types.js';

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
export function encryptionPath(input: EncryptionInput): EncryptionPath {
  switch (input.choice) {
    case 'off':
      return pathOff(input);
    case 'custom':
      return pathTo(customEncryptionText(input.customConfig), input);
    case 'own':
      return pathOn(input);
  }
}

function pathOff(input: EncryptionInput): EncryptionPath {
  const { desired, current } = input;
  if (desired === '' && current === '') return stay('');
  const off: EncryptionStep = { text: '', rewrite: false };
  // Everything was written in clear already; API servers may be without a configuration.
  if (desired === '' && parseEncryption(current)?.ending === true) return go([off]);
  const ending =
    isCustom(desired) || isCustom(current)
      ? customEnding(input)
      : encryptionText(keysOf(current, desired), { ending: true });
  return go([{ text: ending, rewrite: true }, off]);
}

function pathOn(input: EncryptionInput): EncryptionPath {
  const { desired, current, isNew, controlPlanes, createKey } = input;
  const [currently, wanted] = [parseEncryption(current), parseEncryption(desired)];
  if (isCustom(desired) || isCustom(current)) return pathFromCustom(input);
  const keys = keysOf(current, desired);
  const text = encryptionText(keys.length > 0 ? keys : [createKey()]);
  if (isNew) return stay(text);
  if (currently?.ending === false && wanted?.ending === false)
    return desired === current ? stay(current) : go(rotationSteps(input));
  // While one API server already encrypts, another one may not know the key yet: so all get to know it first.
  const isUnknownSomewhere = current === '' || desired === '';
  const first: EncryptionStep = { text: encryptionText(keysOf(text), { ending: true }), rewrite: false };
  return go([...(isUnknownSomewhere && controlPlanes > 1 ? [first] : []), { text, rewrite: true }]);
}

/** A configuration that was the user's own: its keys decrypt what is in etcd, so it stays, as in RKE. */
function pathFromCustom({ desired, current }: EncryptionInput): EncryptionPath {
  // RKE leaves an older text of its own in the desired half (cluster/cluster.go:777).
  if (desired === current || (isCustom(current) && parseEncryption(desired) !== undefined))
    return stay(current);
  throw cutOff();
}

function pathTo(text: string, { desired, current, isNew }: EncryptionInput): EncryptionPath {
  // RKE leaves an older text of its own in the desired half (cluster/cluster.go:777).
  if (isNew || (current === text && (desired === text || parseEncryption(desired) !== undefined)))
    return stay(text);
  // A run that did not finish may have stored with its text, too; back to the one before is the way out of it.
  const isBack = text === current && isCustom(desired);
  const lost = findUnreadable(text, isBack ? [current] : [current, desired]);
  if (lost === undefined) return go([{ text, rewrite: true }]);
  throw unreadable(lost);
}

function unreadable({ resource, key }: Unreadable): RkeError {
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
export function pairBefore(
  steps: readonly EncryptionStep[],
  text: string,
  { desired, current }: EncryptionPair,
): EncryptionPair {
  return { desired: text, current: steps.length > 0 && text === current ? desired : current };
}

/** What the state says when a step begins: where it leads to, and what was there before. */
export function pairsOf(path: readonly EncryptionStep[], start: string): readonly EncryptionPair[] {
  return path.map(({ text }, index) => ({ desired: text, current: path[index - 1]?.text ?? start }));
}

const stay = (text: string): EncryptionPath => ({ steps: [], text });
const go = (steps: readonly EncryptionStep[]): EncryptionPath => ({ steps, text: steps[0]?.text ?? '' });
