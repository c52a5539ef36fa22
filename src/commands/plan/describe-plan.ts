import type { ClusterSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import { createRequest, type CreateRequest } from '../../host/docker/docker-requests.js';
import type { ClusterPlan, HostFile, KubeObject, NodePlan } from '../../plan/cluster-plan-types.js';
import type { EncryptionStep } from '../../plan/encryption/encryption-step.js';
import { concealSecret } from '../../reconcile/diff/diff-container.js';
import { describeStep, type DescribedStep } from './describe-steps.js';
import { notIssued } from './future-certificates.js';

/** A plan for printing: plain JSON without secrets (docs/plan.md). */
export interface DescribedPlan {
  readonly cluster: string;
  readonly kubernetesVersion: string;
  readonly nodes: readonly DescribedNode[];
  readonly addons: readonly { readonly name: string; readonly objects: readonly string[] }[];
  /** The steps of a run until Secrets are encrypted the way cluster.yml sets it. */
  readonly encryption: readonly DescribedStep[];
}

interface DescribedNode extends Pick<
  NodePlan,
  'prefixPath' | 'labels' | 'labelsRemoved' | 'annotations' | 'taints' | 'taintsRemoved' | 'portChecks'
> {
  readonly address: string;
  readonly hostname: string;
  readonly role: readonly string[];
  /** Requests to Docker (Engine API, POST /containers/create), with the health check after the start. */
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
  /** Hash of the content; null if the first run creates it. */
  readonly sha256: string | null;
}

/** Describes a plan for printing. @param steps remaining steps to the desired encryption of Secrets */
export function describePlan(
  spec: ClusterSpec,
  { nodes, addons, userAddons = [] }: ClusterPlan,
  steps: readonly EncryptionStep[],
): DescribedPlan {
  return {
    cluster: spec.clusterName,
    kubernetesVersion: spec.kubernetesVersion,
    nodes: nodes.map(describeNode),
    addons: [
      ...addons.map(({ name, objects }) => ({ name, objects: objects.map(nameObject) })),
      ...userAddons.map(({ name, objects }) => ({
        name,
        objects: objects.map(({ object }) => nameObject(object)),
      })),
    ],
    encryption: steps.map(describeStep),
  };
}

const nameObject = ({ kind, metadata }: KubeObject): string =>
  [kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join('/');

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
  const exists = content.trimEnd() !== notIssued;
  const octal = mode.toString(8).padStart(4, '0');
  return { path, mode: octal, uid, gid, sha256: exists ? hash('sha256', content) : null };
}
