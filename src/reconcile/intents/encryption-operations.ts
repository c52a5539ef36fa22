import type { EncryptionPair, EncryptionStep } from '../../plan/encryption/encryption-step.js';
import { encryptionFile } from '../../plan/encryption/encryption-configuration.js';
import type { ContainerSpec, NodePlan } from '../../plan/cluster-plan-types.js';
import { apiAnswers, containerId, healthyId } from '../operation-ids.js';
import { awaitHealthy } from './health-waits.js';
import type { ObservedCluster, ObservedHost } from '../observed.js';
import type { Operation, OperationId } from '../operations.js';

/** A step with the node plans for its configuration, and what the state records when it is done. */
export interface PlannedStep extends EncryptionStep {
  readonly nodes: readonly NodePlan[];
  readonly after: EncryptionPair;
}

const api = 'kube-apiserver';

/**
 * One step on all control-plane hosts: write the file everywhere, restart the API servers one after another and wait for the
 * health of each, rewrite all Secrets if the step requires it, and record the step in the state.
 *
 * @param name unique among the steps of a run; prefix of the ids
 * @param after all of these come before
 */
export function stepOperations(
  step: PlannedStep,
  observed: ObservedCluster,
  { name, after }: { readonly name: string; readonly after: readonly OperationId[] },
): Operation[] {
  const hosts = controlPlanes(step.nodes, observed);
  const files = step.text === '' ? [] : hosts.map((one) => putFile(one, { name, after }));
  const everywhere = [...after, ...files.map(({ id }) => id)];
  const containers = hosts.flatMap((one) => switchApiServer(one, { name, after: everywhere }));
  return [
    ...files,
    ...containers,
    ...endOperations(step, observed, {
      name,
      after: containers.length === 0 ? after : containers.map(({ id }) => id),
    }),
  ];
}

/**
 * The end of a step whose file and containers are part of the plan already.
 *
 * @param operations of that plan
 */
export function endOfFirstStep(
  step: PlannedStep,
  observed: ObservedCluster,
  operations: readonly Operation[],
): Operation[] {
  const ids = step.nodes.flatMap(({ node }) => [
    containerId(api, node.address),
    healthyId(api, node.address),
  ]);
  const after = operations.map(({ id }) => id).filter((id) => ids.includes(id) || id === apiAnswers);
  return endOperations(step, observed, { name: 'encryption', after });
}

/** What follows when every API server uses the configuration: remove old files, rewrite Secrets, record the step. */
function endOperations(
  { text, rewrite, after: record, nodes }: PlannedStep,
  observed: ObservedCluster,
  { name, after }: { readonly name: string; readonly after: readonly OperationId[] },
): Operation[] {
  const stage = 'secrets';
  const removals =
    text === '' ? controlPlanes(nodes, observed).map((one) => removeFile(one, { name, after })) : [];
  const rewriting: Operation[] = rewrite
    ? [{ id: `${name}:rewrite`, stage, title: 'rewrite all Secrets', after, kind: 'rewrite-secrets' }]
    : [];
  const done = [...after, ...removals.map(({ id }) => id), ...rewriting.map(({ id }) => id)];
  const title = 'record the encryption of Secrets in the state';
  return [
    ...removals,
    ...rewriting,
    { id: `${name}:note`, stage, title, after: done, kind: 'record-encryption', ...record },
  ];
}

interface ControlPlane {
  readonly node: NodePlan;
  readonly host: string;
  readonly container: ContainerSpec;
  readonly observed: ObservedHost;
}

function controlPlanes(nodes: readonly NodePlan[], { hosts }: ObservedCluster): ControlPlane[] {
  return nodes.flatMap((node) => {
    const host = node.node.address;
    const container = node.containers.find(({ name }) => name === api);
    const observed = hosts.get(host);
    return container === undefined || observed === undefined ? [] : [{ node, host, container, observed }];
  });
}

/** The bind of /etc/kubernetes, and an image that is on the host: that of its API server. */
function helperOf({ node: { prefixPath }, container, observed }: ControlPlane): {
  image: string;
  bind: string;
} {
  return {
    image: observed.containers.get(api)?.image ?? container.image,
    bind: `${prefixPath === '/' ? '' : prefixPath}/etc/kubernetes:/etc/kubernetes`,
  };
}

type Place = { readonly name: string; readonly after: readonly OperationId[] };

function putFile(one: ControlPlane, { name, after }: Place): Operation {
  const { host, node } = one;
  return {
    id: `${name}:file@${host}`,
    stage: 'secrets',
    title: 'write the encryption configuration',
    host,
    after,
    kind: 'put-files',
    files: node.files.filter(({ path }) => path === encryptionFile),
    directories: [],
    ...helperOf(one),
  };
}

function removeFile(one: ControlPlane, { name, after }: Place): Operation {
  return {
    id: `${name}:remove@${one.host}`,
    stage: 'secrets',
    title: 'remove the encryption configuration',
    host: one.host,
    after,
    kind: 'remove-file',
    path: encryptionFile,
    ...helperOf(one),
  };
}

/** Restarts the API server to read the new configuration, or replaces it if it is to run without the flag. */
function switchApiServer(one: ControlPlane, { name, after }: Place): [Operation, Operation] {
  const { host, container, node } = one;
  const reads = node.files.some(({ path }) => path === encryptionFile);
  const head = { id: `${name}:api@${host}`, stage: 'secrets' as const, host, after };
  const interrupt: Operation = reads
    ? { ...head, title: `restart ${api}`, kind: 'restart-container', name: api, files: [encryptionFile] }
    : { ...head, title: `replace ${api}`, kind: 'replace-container', container, changes: [withoutFlag] };
  const turn = { window: name, places: 1, holder: host };
  const healthy = { ...awaitHealthy(container, host, interrupt), id: `${name}:healthy@${host}` };
  return [
    { ...interrupt, turn },
    { ...healthy, turn },
  ];
}

const withoutFlag = {
  field: 'entrypoint',
  removed: [`--encryption-provider-config=${encryptionFile}`],
  added: [],
};
