import type { ClusterSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import { createRequest, type CreateRequest } from '../../host/docker/docker-requests.js';
import type { ClusterPlan, HostFile, NodePlan } from '../../plan/cluster-plan-types.js';
import type { EncryptionStep } from '../../plan/encryption/encryption-step.js';
import { concealSecret } from '../../reconcile/diff/diff-container.js';
import { describeStep, type DescribedStep } from './describe-steps.js';
import { notIssued } from './certificates-to-be.js';

/** A plan as it is printed: plain JSON, no secret in it (docs/plan.md). */
export interface DescribedPlan {
  readonly cluster: string;
  readonly kubernetesVersion: string;
  readonly nodes: readonly DescribedNode[];
  readonly addons: readonly { readonly name: string; readonly objects: readonly string[] }[];
  /** What a run does, one after the other, until Secrets are encrypted as cluster.yml says. */
  readonly encryption: readonly DescribedStep[];
}

interface DescribedNode extends Pick<
  NodePlan,
  'prefixPath' | 'labels' | 'labelsRemoved' | 'annotations' | 'taints' | 'taintsRemoved' | 'portChecks'
> {
  readonly address: string;
  readonly hostname: string;
  readonly role: readonly string[];
  /** Docker's create requests (Engine API, POST /containers/create), with the health check that follows the start. */
  readonly containers: readonly (CreateRequest & { readonly healthCheck?: string })[];
  readonly files: readonly DescribedFile[];
  readonly images: readonly string[];
}

interface DescribedFile {
  readonly path: string;
  /** Octal. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Of the content; null where the first run will make it. */
  readonly sha256: string | null;
}

/** @param steps to the encryption that Secrets should have; none where they have it */
export function describePlan(
  spec: ClusterSpec,
  { nodes, addons }: ClusterPlan,
  steps: readonly EncryptionStep[],
): DescribedPlan {
  return {
    cluster: spec.clusterName,
    kubernetesVersion: spec.kubernetesVersion,
    nodes: nodes.map(describeNode),
    addons: addons.map(({ name, objects }) => ({
      name,
      objects: objects.map(({ kind, metadata }) =>
        [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/'),
      ),
    })),
    encryption: steps.map(describeStep),
  };
}

function describeNode(plan: NodePlan): DescribedNode {
  const { node, prefixPath, labels, labelsRemoved, annotations, taints, taintsRemoved } = plan;
  return {
    address: node.address,
    hostname: node.hostnameOverride,
    role: node.role,
    prefixPath,
    containers: plan.containers.map((container) => ({
      ...createRequest({ ...container, env: container.env.map(concealSecret) }),
      ...(container.healthCheck === undefined ? {} : { healthCheck: container.healthCheck.url }),
    })),
    files: plan.files.map(describeFile),
    images: plan.images,
    labels,
    labelsRemoved,
    annotations,
    taints,
    taintsRemoved,
    portChecks: plan.portChecks,
  };
}

function describeFile({ path, content, mode, uid, gid }: HostFile): DescribedFile {
  const isIssued = content.trimEnd() !== notIssued;
  const octal = mode.toString(8).padStart(4, '0');
  return { path, mode: octal, uid, gid, sha256: isIssued ? hash('sha256', content) : null };
}
