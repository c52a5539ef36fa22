import { etcdError, kubeError, type RkeError } from '../../core/errors.js';
import type { Operation } from '../../reconcile/operations.js';
import { lookAtContainers, type SickContainer } from '../container-health.js';
import { poll } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { lastWords, reasonsOf } from './health.js';

type AwaitMembers = Extract<Operation, { kind: 'await-members' }>;

/**
 * Looks at the members of a plane right before one of them is interrupted. Enough healthy ones: at once, or as soon as
 * they are. Too few: for as long as that may still change by itself, so that nothing that works is interrupted at one time.
 *
 * @throws RkeError (etcd: exit 8, kube-apiserver: 7) if the plan does not fit what is there now
 */
export async function awaitMembers(
  operation: AwaitMembers,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const { members, need, timeoutSeconds } = operation;
  let sick: readonly SickContainer[] = [];
  const result = await poll<undefined>(
    async (signal) => {
      sick = await lookAtContainers(members, context, signal);
      return members.length - sick.length >= need
        ? { done: true, value: undefined }
        : { done: false, why: reasonsOf(sick, members.length) };
    },
    { ...context, timeoutSeconds, onWaiting },
  );
  const isEnough = 'value' in result;
  if (isEnough === (operation.expect === 'enough')) return;
  throw isEnough ? recovered(operation) : await tooFew(operation, sick, context);
}

function recovered({ members }: AwaitMembers): RkeError {
  return etcdError(
    'ETCD_RECOVERED',
    'etcd has a majority again, which it had not when the run was planned; nothing of it was interrupted',
    { fix: `run \`rke up\` again; the ${members.length} members are then taken one at a time` },
  );
}

async function tooFew(
  { members, need, timeoutSeconds }: AwaitMembers,
  sick: readonly SickContainer[],
  context: RunContext,
): Promise<RkeError> {
  const [first] = sick;
  const container = members[0]?.container ?? '';
  const make = container === 'etcd' ? etcdError : kubeError;
  const where = sick.map(({ host }) => host).join(', ');
  return make(
    'TOO_FEW_HEALTHY',
    `${members.length - sick.length} of ${members.length} other members of ${container} healthy after ${timeoutSeconds}s, ${need} needed to interrupt one: ${reasonsOf(sick, 2)}`,
    {
      fix: `check \`docker logs ${container}\` on ${where}, fix the cause, then run \`rke up\` again`,
      evidence: first === undefined ? [] : await lastWords(first, context),
    },
  );
}
