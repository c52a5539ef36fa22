import { withDeadline } from '../../core/deadline.js';
import { dockerError, RkeError } from '../../core/errors.js';
import { hostInUrl } from '../../core/ip.js';
import { fanOut } from '../../execute/fan-out.js';
import type { HostReader } from '../../host/host.js';
import { portMatrix } from '../../reconcile/order/port-check.js';
import { isNewHost } from '../../reconcile/observed.js';
import { portConflicts } from '../../reconcile/checks/port-conflicts.js';
import type { Operation } from '../../reconcile/operations.js';
import { concurrencyOf } from '../../run/cluster-options.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { DoctorFinding } from './doctor-report.js';
import { findingOfFailure } from './host-findings.js';

/** The same as in the port check of `rke up`. */
const answerMilliseconds = 5000;

interface Pair {
  readonly from: string;
  readonly to: string;
  /** Internal address of `to`. */
  readonly address: string;
  readonly port: number;
}

export interface ExaminedPorts {
  readonly findings: readonly DoctorFinding[];
  /** Addresses of hosts whose sshd does not connect to others, so that nothing is known. */
  readonly unknown: readonly string[];
}

/**
 * Tries from each host to reach the others, over its sshd. Nothing is started on the hosts: a refused connection to a port on which
 * nothing listens shows that the packets arrive, and no answer shows that they do not. (A firewall that refuses instead of dropping is
 * found by `rke up`, which starts listeners.)
 *
 * @param examined addresses of the hosts that are examined; pairs without one of them are left out
 */
export async function examinePorts(
  { plan, observed, hosts, options }: Pick<ReadCluster, 'plan' | 'observed' | 'hosts' | 'options'>,
  examined: ReadonlySet<string>,
): Promise<ExaminedPorts> {
  const { signal } = options;
  const reached = plan.nodes.filter(
    ({ node }) => hosts.has(node.address) && observed.hosts.has(node.address),
  );
  const pairs = listPairs(reached.map(({ node }) => node)).filter(
    ({ from, to }) => examined.has(from) || examined.has(to),
  );
  const results = await fanOut(pairs, { limit: 4 * concurrencyOf(options), signal }, async (pair) => ({
    pair,
    answer: await tryPort(hosts.get(pair.from), pair, signal),
  }));
  signal.throwIfAborted();
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const unknown = new Set(answers.flatMap(({ pair, answer }) => (answer === 'unknown' ? [pair.from] : [])));
  const blocked = answers.flatMap(({ pair, answer }) => {
    const isServed = observed.hosts.get(pair.to)?.listening.has(pair.port) === true;
    // Refused although something listens there: a firewall does it.
    return answer === 'blocked' || (answer === 'refused' && isServed) ? [{ pair, answer }] : [];
  });
  return {
    findings: [...blocked.map(describeBlocked), ...listConflicts({ plan, observed }, examined)],
    unknown: [...unknown],
  };
}

function listPairs(
  nodes: readonly {
    readonly address: string;
    readonly internalAddress: string;
    readonly role: readonly string[];
  }[],
): Pair[] {
  const pairs = portMatrix.flatMap(({ from, to, ports }) =>
    nodes
      .filter(({ role }) => role.includes(from))
      .flatMap((source) =>
        nodes
          .filter((target) => target !== source && target.role.includes(to))
          .flatMap((target) =>
            ports.map((port): Pair => ({
              from: source.address,
              to: target.address,
              address: target.internalAddress,
              port,
            })),
          ),
      ),
  );
  return [...new Map(pairs.map((pair) => [`${pair.from} ${pair.to} ${pair.port}`, pair])).values()];
}

type Answer = 'open' | 'refused' | 'blocked' | 'unknown';

async function tryPort(
  host: HostReader | undefined,
  { address, port }: Pair,
  signal: AbortSignal,
): Promise<Answer> {
  if (host === undefined) return 'unknown';
  try {
    const socket = await withDeadline({ milliseconds: answerMilliseconds, signal }, (limited) =>
      host.dial({ host: address, port }, { signal: limited }),
    );
    socket.destroy();
    return 'open';
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RkeError)) return 'blocked';
    if (error.code === 'SSH_FORWARDING' || error.code === 'SSH_CONNECTION_LOST') return 'unknown';
    return /refused/i.test(error.message) ? 'refused' : 'blocked';
  }
}

function describeBlocked({ pair, answer }: { readonly pair: Pair; readonly answer: Answer }): DoctorFinding {
  const { from, to, address, port } = pair;
  const how = answer === 'refused' ? 'refused, although something listens there' : 'no answer';
  const error = dockerError('PORT_BLOCKED', `cannot reach ${hostInUrl(to)}:${port} (${how})`, {
    fix: `allow ${from} to reach TCP ${port} of ${address} in firewalls and security groups`,
  });
  return findingOfFailure({ error, host: from });
}

/** Ports that missing components need, and that other programs listen on. */
function listConflicts(
  { plan, observed }: Pick<ReadCluster, 'plan' | 'observed'>,
  examined: ReadonlySet<string>,
): DoctorFinding[] {
  const creations = plan.nodes.flatMap(({ node: { address: host }, containers }): Operation[] => {
    const found = observed.hosts.get(host);
    if (found === undefined || !examined.has(host) || !isNewHost(found)) return [];
    return containers.map((container) => ({
      id: `create ${container.name}@${host}`,
      stage: 'ports',
      title: '',
      host,
      after: [],
      kind: 'create-container',
      container,
    }));
  });
  return portConflicts(creations, observed).map(({ host, container, port }) => {
    const message = `port ${port}, which ${container} needs, is in use`;
    const fix = `find the process with \`ss -ltnp 'sport = :${port}'\` on the host, and stop it`;
    return findingOfFailure({ host, error: dockerError('PORT_IN_USE', message, { fix }) });
  });
}
