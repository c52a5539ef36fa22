import { etcdError, kubeError, type RkeError } from '../../core/errors.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { findSickContainers, type SickContainer } from '../container-health.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { lastWords, progressOfAll, reasonsOf } from './health.js';

type AwaitMembers = OperationOf<'await-members'>;

/** Seconds in which a plane may recover by itself: ten times an election of etcd's leader. */
const lostSeconds = 15;

/**
 * Checks the other members of a plane right before one is interrupted, until enough of them are healthy; or, if the operation
 * allows it, until the plane has been without a majority for so long that it does not recover by itself.
 *
 * @throws RkeError (etcd: exit 8, kube-apiserver: 7) if the interruption would cost the majority
 */
export async function awaitMembers(
  operation: AwaitMembers,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { members, own, need, timeoutSeconds } = operation;
  let sick: readonly SickContainer[] = [];
  let lostSince: number | undefined;
  const result = await poll<undefined>(
    async (signal) => {
      const [others, itself] = await Promise.all([
        findSickContainers(members, context, signal),
        own === undefined ? [] : findSickContainers([own], context, signal),
      ]);
      sick = others;
      const healthy = members.length - sick.length;
      const isLost = own !== undefined && servesNobody(operation, healthy, itself.length === 0);
      lostSince = isLost ? (lostSince ?? context.clock.now()) : undefined;
      const isSafe =
        healthy >= need || (lostSince !== undefined && context.clock.now() - lostSince >= lostSeconds * 1000);
      return isSafe
        ? { done: true, value: undefined }
        : {
            done: false,
            why: reasonsOf(sick, members.length),
            progress: progressOfAll(sick, members.length),
          };
    },
    { ...context, timeoutSeconds, onWaiting },
  );
  if ('timedOut' in result) throw await tooFewHealthyError(operation, sick, context);
}

/** API servers work one by one, members of etcd only as a majority, to which those that could not be asked may belong. */
function servesNobody(
  { stage, members, absent = 0 }: AwaitMembers,
  healthy: number,
  isOwnHealthy: boolean,
): boolean {
  if (stage !== 'etcd') return !isOwnHealthy;
  const majority = Math.floor((members.length + absent + 1) / 2) + 1;
  return healthy + absent + (isOwnHealthy ? 1 : 0) < majority;
}

async function tooFewHealthyError(
  { stage, members, need, absent = 0, timeoutSeconds }: AwaitMembers,
  sick: readonly SickContainer[],
  context: RunContext,
): Promise<RkeError> {
  const [first] = sick;
  const container = stage === 'etcd' ? 'etcd' : 'kube-apiserver';
  const make = container === 'etcd' ? etcdError : kubeError;
  const why = [
    ...(sick.length === 0 ? [] : [reasonsOf(sick, 2)]),
    ...(absent === 0 ? [] : [`${absent} on unreachable hosts`]),
  ];
  const where = sick.map(({ host }) => host).join(', ');
  return make(
    'TOO_FEW_HEALTHY',
    `${members.length - sick.length} of ${members.length} other members of ${container} healthy after ${timeoutSeconds}s, ${need} needed to interrupt one: ${why.join('; ')}`,
    {
      fix:
        sick.length === 0
          ? 'make the unreachable hosts reachable, then run `rke up` again'
          : `check \`docker logs ${container}\` on ${where}, fix the cause, then run \`rke up\` again`,
      evidence: first === undefined ? [] : await lastWords(first, context),
    },
  );
}
