import { findNode } from '../../config/find-node.js';
import type { NodeSpec } from '../../config/cluster-spec.js';
import { dockerError, RkeError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { fanOut } from '../../execute/fan-out.js';
import type { HostReader, LogLine } from '../../host/host.js';
import { concurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';
import { connect } from '../../run/connect.js';
import { limitRun } from '../../run/limit-run.js';
import { openSession } from '../../run/session.js';
import { listUnreached } from '../../run/unreachable.js';
import { listComponentNodes, requireComponent } from './component-nodes.js';

/** A line, and the name of the node that it is from. */
export interface NodeLogLine extends LogLine {
  readonly node: string;
}

export interface LogsOptions extends ClusterOptions {
  /** Name of its container, e.g. `kubelet`. */
  readonly component: string;
  /** Names or addresses; by default all nodes that run the component. */
  readonly nodes?: readonly string[] | undefined;
  /** Lines before the end of each log; all by default. */
  readonly tail?: number | undefined;
  /** Only lines since then. */
  readonly since?: Date | undefined;
  /** Continues until the signal is aborted, or all containers have stopped. */
  readonly follow?: boolean | undefined;
  readonly onLine: (line: NodeLogLine) => void;
  /** Called once, with the names of the nodes that are read. */
  readonly onNodes?: ((names: readonly string[]) => void) | undefined;
}

/**
 * `rke logs`: passes on the log of a component from its nodes. Lines of one node stay together, unless the logs are followed. Needs
 * neither a state nor an API, and changes nothing.
 *
 * @throws RkeError USAGE (exit 2) for an unknown component or node, ConfigError (exit 3), RunFailedError (5, 6; 9 if some nodes were read)
 */
export function readLogs(options: LogsOptions): Promise<void> {
  return limitRun(options, read);
}

async function read(options: LogsOptions): Promise<void> {
  const component = requireComponent(options.component);
  const session = await openSession(options, { forChange: false, withoutState: true });
  const { nodes: all } = session.spec;
  const nodes =
    options.nodes === undefined
      ? listComponentNodes(component, all)
      : [...new Set(options.nodes.map((name) => findNode(name, all, '--node: ')))];
  options.onNodes?.(nodes.map(({ hostnameOverride }) => hostnameOverride));
  await using hosts = await connect({ ...session, spec: { ...session.spec, nodes } }, options);
  const reached = nodes.flatMap((node) => {
    const host = hosts.hosts.get(node.address);
    return host === undefined ? [] : [{ node, host }];
  });
  const { signal, follow = false } = options;
  const limit = follow ? Math.max(1, reached.length) : isLarge(options) ? 1 : concurrencyOf(options);
  const results = await fanOut(reached, { limit, signal }, ({ node, host }) =>
    readFrom({ node, host }, component, options),
  );
  signal.throwIfAborted();
  const failures = [
    ...listUnreached(nodes, hosts),
    ...results.flatMap((result, index): Failure[] => {
      if (result.status === 'fulfilled') return [];
      if (!(result.reason instanceof RkeError)) throw result.reason;
      const host = reached[index]?.node.address;
      return [{ title: 'read log', ...(host === undefined ? {} : { host }), error: result.reason }];
    }),
  ];
  if (failures.length > 0) throw new RunFailedError(failures, { isPartial: failures.length < nodes.length });
}

/** A whole log may be large, so it is passed on as it comes, and one node after the other. */
const isLarge = ({ tail }: LogsOptions): boolean => tail === undefined;

async function readFrom(
  { node, host }: { readonly node: NodeSpec; readonly host: HostReader },
  component: string,
  options: LogsOptions,
): Promise<void> {
  const { tail, since, follow = false, onLine, signal, events } = options;
  const name = node.hostnameOverride;
  const kept: NodeLogLine[] = [];
  const passesOn = follow || isLarge(options);
  const take = (line: LogLine): void => {
    if (passesOn) onLine({ node: name, ...line });
    else kept.push({ node: name, ...line });
  };
  if ((await host.docker.inspect(component, { signal })) === undefined)
    throw dockerError('CONTAINER_MISSING', `the host has no container ${component}`, {
      host: node.address,
      fix: 'run `rke status` for what runs on each node; `rke up` creates what is missing',
    });
  await host.docker.streamLogs(component, {
    signal,
    tail,
    since: since === undefined ? undefined : since.getTime() / 1000,
    follows: follow,
    onLine: take,
  });
  for (const line of kept) onLine(line);
  if (follow)
    events.emit({ type: 'warning', host: node.address, message: `container ${component} has stopped` });
}
