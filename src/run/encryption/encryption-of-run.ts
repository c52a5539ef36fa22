import type { ClusterSpec } from '../../config/cluster-spec.js';
import { stateError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { createEncryptionKey } from '../../pki/key-factory.js';
import type { NodePlan } from '../../plan/cluster-plan-types.js';
import {
  planEncryptionPath,
  pairBeforeSteps,
  listPairs,
  type EncryptionPath,
} from '../../plan/encryption/encryption-path.js';
import type { EncryptionPair, EncryptionStep } from '../../plan/encryption/encryption-step.js';
import {
  readEncryptionChoice,
  encryptionFile,
  type EncryptionKey,
} from '../../plan/encryption/encryption-configuration.js';
import {
  endOfFirstStep,
  stepOperations,
  type PlannedStep,
} from '../../reconcile/intents/encryption-operations.js';
import type { Rollout } from '../../reconcile/diff/file-readers.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encryptionPair } from '../../state/next-state.js';

/** How a run encrypts Secrets, and the pairs that the state records. */
export interface RunEncryption extends EncryptionPath {
  /** The pair before the first host is changed. */
  readonly before: EncryptionPair;
  /** The pair when all steps are done. */
  readonly end: EncryptionPair;
}

/**
 * Plans how a run changes the encryption of Secrets, from cluster.yml and the state.
 *
 * @throws RkeError (exit 4) if Secrets would become unreadable
 */
export function planEncryption(
  spec: ClusterSpec,
  state: ClusterState | undefined,
  createKey: () => EncryptionKey = createEncryptionKey,
): RunEncryption {
  const pair = encryptionPair(state);
  const earlier = [state?.currentState.rkeConfig, state?.desiredState.rkeConfig];
  const path = planEncryptionPath({
    ...pair,
    choice: readEncryptionChoice(spec),
    customConfig: customConfigOf(spec),
    earlierConfigs: earlier.map(customConfigOf).filter((config) => config !== undefined),
    isNew: state === undefined,
    controlPlanes: spec.nodes.filter(({ role }) => role.includes('controlplane')).length,
    createKey,
  });
  const { steps, text } = path;
  const last = steps.at(-1)?.text ?? text;
  return {
    ...path,
    before: pairBeforeSteps(steps, text, pair),
    end: { desired: last, current: last },
  };
}

const customConfigOf = (spec: ClusterSpec | undefined): unknown =>
  spec?.services.kubeApi.secretsEncryptionConfig?.customConfig;

/** Adds the encryption file to a rollout: API servers that are not replaced are restarted, because they use the old text. */
export function withEncryptionFile<Given extends Rollout>(
  rollout: Given,
  { steps, text }: EncryptionPath,
): Given {
  return steps.length === 0 || text === ''
    ? rollout
    : { ...rollout, files: new Set([...rollout.files, encryptionFile]) };
}

/** Adds the planned nodes to each step. @param planNodes plans the nodes of the cluster with a text */
export function planSteps(
  steps: readonly EncryptionStep[],
  planNodes: (text: string) => readonly NodePlan[],
): PlannedStep[] {
  const pairs = listPairs(steps, '');
  return steps.map((step, index) => ({
    ...step,
    nodes: planNodes(step.text),
    after: pairs[index + 1] ?? { desired: step.text, current: step.text },
  }));
}

/** Plans what follows the other operations of a run: the end of the first step, whose text they apply, and all later steps. */
export function planEncryptionOperations(
  steps: readonly PlannedStep[],
  observed: ObservedCluster,
  operations: readonly Operation[],
): Operation[] {
  return steps.flatMap((step, index) =>
    index === 0
      ? endOfFirstStep(step, observed, operations)
      : stepOperations(step, observed, {
          name: stepName(index),
          after: [`${index === 1 ? 'encryption' : stepName(index - 1)}:note`],
        }),
  );
}

const stepName = (index: number): string => `encryption:${index + 1}`;

/**
 * Stops a run that would turn encryption off on API servers whose keys are not in the state: Secrets would become unreadable.
 *
 * @param file the state file, for the message
 * @throws RunFailedError ENCRYPTION_UNKNOWN (exit 4) with one failure for each of these hosts
 */
export function refuseUnknownEncryption(
  { text }: RunEncryption,
  { hosts }: ObservedCluster,
  file: string,
): void {
  if (text !== '') return;
  const failures = [...hosts].flatMap(([host, { containers }]): Failure[] => {
    const { entrypoint = [], cmd = [] } = containers.get('kube-apiserver') ?? {};
    if (![...entrypoint, ...cmd].includes(`--encryption-provider-config=${encryptionFile}`)) return [];
    const error = stateError(
      'ENCRYPTION_UNKNOWN',
      `kube-apiserver encrypts Secrets, but ${file} has no encryption key`,
      { host, fix: 'restore the key with `rke state recover --force`, then run `rke up` again' },
    );
    return [{ title: 'check encryption', host, error }];
  });
  if (failures.length > 0) throw new RunFailedError(failures);
}
