import { listAt, numberAt, recordAt, textAt, type Fields } from '../../core/fields.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';

export interface Readiness {
  readonly ready: boolean;
  /** What is still missing, or `ready`. */
  readonly reason: string;
}

/**
 * Whether an object is ready, by the rules of `kubectl wait` and `kubectl rollout status`. The condition Available of a
 * Deployment is not used: with one replica that may be unavailable (CoreDNS in RKE) it is true before any pod runs. Kinds
 * without a status are ready if they exist.
 */
export function objectReadiness(object: KubeObject): Readiness {
  const status = recordAt(object, 'status');
  switch (object.kind) {
    case 'Node':
      return byCondition(status, 'Ready');
    case 'APIService':
      return byCondition(status, 'Available');
    case 'CustomResourceDefinition':
      return byCondition(status, 'Established');
    case 'Job':
      return jobReadiness(status);
    case 'Deployment':
      return isObserved(object) ? deploymentReadiness(object, status) : notObserved;
    case 'DaemonSet':
      return isObserved(object) ? daemonSetReadiness(object, status) : notObserved;
    case 'StatefulSet':
      return isObserved(object) ? statefulSetReadiness(object, status) : notObserved;
    case 'ValidatingWebhookConfiguration':
      return webhookReadiness(object);
    default:
      return ready;
  }
}

const ready: Readiness = { ready: true, reason: 'ready' };
const notObserved = missing('not yet seen by its controller');

/** A webhook without a CA fails every request that it is asked about. */
function webhookReadiness(object: KubeObject): Readiness {
  const isTrusted = listAt(object, 'webhooks').every(
    (webhook) => textAt(recordAt(webhook, 'clientConfig'), 'caBundle') !== '',
  );
  return isTrusted ? ready : missing('its CA is not set yet');
}

function missing(reason: string): Readiness {
  return { ready: false, reason };
}

function byCondition(status: Fields, type: string): Readiness {
  const condition = findCondition(status, type);
  if (condition === undefined) return missing(`condition ${type} is not reported yet`);
  if (condition['status'] === 'True') return ready;
  return missing(conditionText(condition) || `condition ${type} is ${String(condition['status'])}`);
}

function jobReadiness(status: Fields): Readiness {
  const failed = findCondition(status, 'Failed');
  if (failed?.['status'] === 'True') return missing(conditionText(failed) || 'failed');
  return findCondition(status, 'Complete')?.['status'] === 'True' ? ready : missing('not complete');
}

function deploymentReadiness(object: KubeObject, status: Fields): Readiness {
  const wanted = numberAt(recordAt(object, 'spec'), 'replicas', 1);
  const updated = numberAt(status, 'updatedReplicas');
  const available = numberAt(status, 'availableReplicas');
  const old = numberAt(status, 'replicas') - updated;
  if (updated < wanted) return missing(`${updated} of ${wanted} replicas updated`);
  if (old > 0) return missing(`${old} old replicas still run`);
  if (available < wanted) return missing(`${available} of ${wanted} replicas available`);
  return ready;
}

/** Pods below the partition of a rolling update keep their old revision. */
function statefulSetReadiness(object: KubeObject, status: Fields): Readiness {
  const spec = recordAt(object, 'spec');
  const wanted = numberAt(spec, 'replicas', 1);
  const strategy = recordAt(spec, 'updateStrategy');
  const updating = Math.max(0, wanted - numberAt(recordAt(strategy, 'rollingUpdate'), 'partition'));
  const updated = numberAt(status, 'updatedReplicas');
  if (strategy['type'] !== 'OnDelete' && updated < updating)
    return missing(`${updated} of ${updating} replicas updated`);
  const running = numberAt(status, 'readyReplicas');
  return running < wanted ? missing(`${running} of ${wanted} replicas ready`) : ready;
}

function daemonSetReadiness(object: KubeObject, status: Fields): Readiness {
  const wanted = numberAt(status, 'desiredNumberScheduled');
  // While no node has registered, "all of none" is not what was meant.
  if (wanted === 0) return missing('no node to run on yet');
  const updated = numberAt(status, 'updatedNumberScheduled');
  const isRolling = recordAt(recordAt(object, 'spec'), 'updateStrategy')['type'] !== 'OnDelete';
  if (isRolling && updated < wanted) return missing(`${updated} of ${wanted} pods updated`);
  const running = numberAt(status, 'numberReady');
  return running < wanted ? missing(`${running} of ${wanted} pods ready`) : ready;
}

/** True if the status is of the current generation of the object. */
function isObserved(object: KubeObject): boolean {
  const generation = numberAt(recordAt(object, 'metadata'), 'generation');
  return numberAt(recordAt(object, 'status'), 'observedGeneration') >= generation;
}

function findCondition(status: Fields, type: string): Fields | undefined {
  return listAt(status, 'conditions').find((condition) => condition['type'] === type);
}

function conditionText(condition: Fields): string {
  return [textAt(condition, 'reason'), textAt(condition, 'message')].filter((text) => text !== '').join(': ');
}
