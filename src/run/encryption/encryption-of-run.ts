import type { ClusterSpec } from '../../config/cluster-spec.js';
import { stateError } from '../../core/errors.js';
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

/** How Secrets are encrypted in a run, and what the state says of it. */
export interface RunEncryption extends EncryptionPath {
  /** Before the first host is changed. */
  readonly before: EncryptionPair;
  /** When all steps are done. */
  readonly end: EncryptionPair;
}

/**
 * What a run does about the encryption of Secrets, by cluster.yml and the state.
 *
 * @throws RkeError (exit 4) where Secrets would become unreadable
 */
export function encryptionOf(
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

/** API servers may still work with the text before: those that are not replaced are restarted. */
export function withEncryptionFile<Given extends Rollout>(
  rollout: Given,
  { steps, text }: EncryptionPath,
): Given {
  return steps.length === 0 || text === ''
    ? rollout
    : { ...rollout, files: new Set([...rollout.files, encryptionFile]) };
}

/** Steps with the hosts planned for them. @param planNodes the nodes of the cluster with a text */
export function plannedSteps(
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

/** What comes beside the plan of a run: the end of the step that the plan brings, and the steps after it. */
export function encryptionOperations(
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
 * Stops a run that would take encryption from API servers of which the state knows no key: nobody could read the Secrets.
 *
 * @throws RkeError ENCRYPTION_UNKNOWN (exit 4)
 */
export function refuseUnknownEncryption(
  { text }: RunEncryption,
  { hosts }: ObservedCluster,
  file: string,
): void {
  if (text !== '') return;
  for (const [host, { containers }] of hosts) {
    const { entrypoint = [], cmd = [] } = containers.get('kube-apiserver') ?? {};
    if (![...entrypoint, ...cmd].includes(`--encryption-provider-config=${encryptionFile}`)) continue;
    throw stateError('ENCRYPTION_UNKNOWN', `kube-apiserver encrypts Secrets, but ${file} has no key`, {
      host,
      fix: 'run `rke state recover --force`, which restores the key, then `rke up` again',
    });
  }
}
