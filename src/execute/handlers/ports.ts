import { dockerError, RkeError } from '../../core/errors.js';
import { hostInUrl } from '../../core/ip.js';
import type { Host } from '../../host/host.js';
import type { PortTarget } from '../../reconcile/kinds/host-kinds.js';
import { fanOut } from '../fan-out.js';
import { poll, type Look } from '../poll.js';
import type { RunContext } from '../run-context.js';

/** Seconds a port gets to answer; RKE's `nc -w` (cluster/network.go). */
const answerSeconds = 5;
/** Connections that one host tries at the same time. */
const triesPerHost = 50;

/**
 * Tries from a host to reach ports of others, all side by side. The connections are made by the host's sshd, on the
 * host's own network; nothing is run for them. If sshd does not allow it, a warning is printed and nothing is concluded.
 *
 * @throws RkeError (exit 6) that names every port that was not reached
 */
export async function probePorts(
  host: Host,
  targets: readonly PortTarget[],
  context: RunContext,
): Promise<void> {
  const { signal, events } = context;
  const tried = await fanOut(targets, { limit: triesPerHost, signal }, (target) =>
    probe(host, target, context),
  );
  signal.throwIfAborted();
  const answers = tried.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  if (answers.includes('unknown'))
    events.emit({
      type: 'warning',
      host: host.address,
      message: 'sshd forwards to no other host, so whether it reaches their ports was not checked',
    });
  const blocked = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer]));
  if (blocked.length > 0) throw blockedError(host.address, blocked);
}

interface Lost {
  readonly lost: RkeError;
}
type Answer = 'open' | 'unknown' | Lost;

interface Blocked {
  readonly target: PortTarget;
  readonly why: string;
}

async function probe(
  host: Host,
  target: PortTarget,
  { clock, signal }: RunContext,
): Promise<Exclude<Answer, Lost> | Blocked> {
  // A listener takes a moment to listen, so one refusal means nothing.
  const answer = await poll((looking) => dial(host, target, looking), {
    clock,
    signal,
    timeoutSeconds: answerSeconds,
  });
  if ('value' in answer) {
    if (typeof answer.value === 'string') return answer.value;
    throw answer.value.lost;
  }
  return {
    target,
    why: isTimeout(answer.timedOut) ? `no answer within ${answerSeconds} s` : lastPart(answer.timedOut),
  };
}

async function dial(host: Host, { address, port }: PortTarget, signal: AbortSignal): Promise<Look<Answer>> {
  try {
    (await host.dial({ host: address, port }, { signal })).destroy();
    return { done: true, value: 'open' };
  } catch (error) {
    const code = error instanceof RkeError ? error.code : '';
    if (code === 'SSH_FORWARDING') return { done: true, value: 'unknown' };
    // The probing host itself was lost: that proves nothing about the port.
    if (code === 'SSH_CONNECTION_LOST') return { done: true, value: { lost: error as RkeError } };
    throw error;
  }
}

const isTimeout = (why: string): boolean => /abort|timeout|timed out/i.test(why);
/** The last part of an error chain, e.g. `Connection refused`. */
const lastPart = (why: string): string => why.replace(/^.*: /, '');

function blockedError(from: string, blocked: readonly Blocked[]): RkeError {
  const [first] = blocked;
  const what =
    blocked.length === 1 && first !== undefined
      ? describe(first.target)
      : `${blocked.length} ports of other hosts`;
  return dockerError('PORT_BLOCKED', `cannot reach ${what}`, {
    host: from,
    evidence: blocked.map(({ target, why }) => `${from} to ${describe(target)}: ${why}`),
    fix: `allow ${from} to reach ${rules(blocked)} in firewalls and security groups; --disable-port-check skips this check`,
  });
}

const describe = ({ host, port, role }: PortTarget): string => `${hostInUrl(host)}:${port} (${role})`;

/** `TCP 2379, 2380 of 10.0.0.2, 10.0.0.3 and TCP 10250 of 10.0.0.4`: hosts with the same ports together. */
function rules(blocked: readonly Blocked[]): string {
  const byHost = group(blocked.map(({ target }) => [target.address, String(target.port)]));
  const byPorts = group([...byHost].map(([host, ports]) => [ports.join(', '), host]));
  return [...byPorts].map(([ports, hosts]) => `TCP ${ports} of ${hosts.join(', ')}`).join(' and ');
}

function group(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}
