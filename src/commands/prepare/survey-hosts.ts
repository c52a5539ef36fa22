import type { NodeSpec } from '../../config/cluster-spec.js';
import { RkeError, sshError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { fanOut } from '../../execute/fan-out.js';
import type { HostShell } from '../../host/connect/open-shells.js';
import { hasOwnSocket } from '../../host/connect/ssh-node.js';
import { usualSocket } from '../../host/docker/usual-socket.js';
import type { CallOptions } from '../../host/host.js';
import { factsCommand } from '../../reconcile/checks/facts-command.js';
import { parseFacts } from '../../reconcile/checks/facts.js';
import { parseState, stateCommand } from '../../reconcile/prepare/host-state.js';
import { planHost } from '../../reconcile/prepare/plan-host.js';
import type { HostPreparation } from '../../reconcile/prepare/prepare-step.js';
import type { SurveyedHost, Wanted } from '../../reconcile/prepare/surveyed-host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';

const usualRoot = '/var/lib/docker';

/** A host that is to be prepared. */
export interface HostToPrepare {
  readonly node: NodeSpec;
  /** Its planned containers; checks read their arguments. */
  readonly containers: readonly ContainerSpec[];
}

/** What was found on a host, and what is missing there. */
export interface FoundHost extends HostToPrepare, HostPreparation {
  readonly surveyed: SurveyedHost;
}

/** Hosts that were examined, and why the others were not. */
export interface Survey {
  readonly found: readonly FoundHost[];
  readonly failures: readonly Failure[];
}

/** Examines all hosts that were reached. Changes nothing. @throws the signal's reason when it is aborted */
export async function surveyHosts(
  hosts: readonly HostToPrepare[],
  shells: ReadonlyMap<string, HostShell>,
  wanted: Wanted,
  { limit, signal }: CallOptions & { readonly limit: number },
): Promise<Survey> {
  const reached = hosts.flatMap((host) => {
    const shell = shells.get(host.node.address);
    return shell === undefined ? [] : [{ host, shell }];
  });
  const results = await fanOut(reached, { limit, signal }, ({ host, shell }) =>
    surveyHost(host, shell, wanted, { signal }),
  );
  signal.throwIfAborted();
  const failures = results.flatMap((result, index): Failure[] => {
    if (result.status === 'fulfilled') return [];
    if (!(result.reason instanceof RkeError)) throw result.reason;
    return [{ title: 'examine', host: reached[index]?.host.node.address ?? '', error: result.reason }];
  });
  return {
    found: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    failures,
  };
}

/** @throws RkeError if the host cannot be asked: a fact that is missing by chance would count as a step that is done */
export async function surveyHost(
  host: HostToPrepare,
  shell: HostShell,
  wanted: Wanted,
  { signal }: CallOptions,
): Promise<FoundHost> {
  const { address } = host.node;
  const dockerSocket = host.node.dockerSocket || usualSocket;
  const sentAt = Date.now();
  const { stdout: facts } = await shell.read(factsCommand({ dockerRoot: usualRoot, prefix: '/' }), {
    signal,
  });
  const receivedAt = Date.now();
  const { stdout, stderr } = await shell.read(stateCommand(dockerSocket), { signal });
  const state = parseState(stdout);
  if (state === undefined)
    throw sshError('SSH_COMMAND', 'the commands that examine the host have printed nothing of it', {
      host: address,
      fix: 'check that the login shell of the user runs commands, e.g. `rke ssh NODE -- uname -a`',
      evidence: stderr
        .split('\n')
        .filter((line) => line !== '')
        .slice(-3),
    });
  const surveyed: SurveyedHost = {
    state,
    checked: {
      address,
      facts: parseFacts(facts, { sentAt, receivedAt }),
      docker: { cgroupVersion: '', rootDir: usualRoot, securityOptions: [] },
      containers: host.containers,
      isNew: false,
      isKnown: true,
      mustPull: false,
    },
    ...(hasOwnSocket(host.node) ? { dockerSocket } : {}),
  };
  return { ...host, surveyed, ...planHost(surveyed, wanted) };
}
