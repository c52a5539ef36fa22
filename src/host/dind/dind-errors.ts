import { dockerError, messageOf, RkeError } from '../../core/errors.js';
import type { DindStep } from '../../reconcile/dind/dind-steps.js';

const install =
  'install Docker 20.10 or newer with its command line on this machine (docs.docker.com/engine/install)';

/** The error if the Docker CLI could not be run. */
export function startErrorOf(cause: unknown): RkeError {
  if (cause instanceof RkeError) return cause;
  const isMissing = (cause as { readonly code?: unknown }).code === 'ENOENT';
  return dockerError(
    isMissing ? 'DOCKER_NOT_RUNNING' : 'DOCKER_UNREACHABLE',
    isMissing ? 'this machine has no `docker` in its PATH' : `docker on this machine: ${messageOf(cause)}`,
    { fix: isMissing ? install : 'check `docker info`', cause },
  );
}

/** What is known of the Docker of this machine. */
interface Engine {
  /** Of `docker info`; empty if it failed. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly endpoint: string | undefined;
  readonly stderr: string;
}

/** Why node containers cannot run there, or cannot be reached from here; undefined if they can. */
export function unusableEngine({ info, endpoint, stderr }: Engine): RkeError | undefined {
  const errors = Array.isArray(info['ServerErrors']) ? info['ServerErrors'].map(String) : [];
  const said = [...errors, stderr.trim()].filter((text) => text !== '').join('; ');
  if (/permission denied/i.test(said))
    return dockerError(
      'DOCKER_PERMISSION',
      'you may not use the Docker of this machine (permission denied)',
      {
        fix: 'run `sudo usermod -aG docker $USER`, log in again, then run rke again',
      },
    );
  if (typeof info['DockerRootDir'] !== 'string' || info['DockerRootDir'] === '')
    return dockerError('DOCKER_NOT_RUNNING', `Docker does not run on this machine (${said || 'no answer'})`, {
      fix: 'start it (`sudo systemctl start docker`), or set DOCKER_HOST to its socket',
    });
  if (endpoint !== undefined && !endpoint.startsWith('unix://'))
    return dockerError(
      'DOCKER_UNREACHABLE',
      `--dind needs the Docker of this machine, and it is at ${endpoint}`,
      {
        fix: 'unset DOCKER_HOST, or run `docker context use default`: node containers of another machine have no address here',
      },
    );
  if (info['OperatingSystem'] === 'Docker Desktop')
    return dockerError(
      'DOCKER_UNREACHABLE',
      '--dind cannot use Docker Desktop: its containers have no address on this machine',
      {
        fix: 'install Docker Engine and run `docker context use default`, or run rke in a Linux virtual machine',
      },
    );
  return undefined;
}

/** A step that Docker refused. @param step or what was attempted */
export function stepErrorOf(step: DindStep | string, said: string): RkeError {
  const text = said.trim().slice(0, 1000);
  if (typeof step === 'string') return dockerError('DOCKER_CALL', `${step} on this machine: ${text}`);
  if (step.kind === 'pull-image')
    return dockerError('PULL_FAILED', `cannot pull the image of node containers, ${step.image}: ${text}`, {
      fix: 'name an image that this machine has or can pull with `--dind-image`; `docker load` takes one from a file',
    });
  if (step.kind === 'create-node' && /already in use by container/.test(text))
    return dockerError(
      'FOREIGN_CONTAINER',
      `container ${step.container} exists and was not created for this cluster`,
      {
        fix: `check it with \`docker inspect ${step.container}\`, and rename or remove it`,
      },
    );
  if (step.kind === 'create-node' && /privileged|cgroup|operation not permitted/i.test(text))
    return dockerError('DOCKER_CALL', `Docker does not start a privileged container: ${text}`, {
      fix: 'use a Docker that runs as root, without userns-remap and authorization plugins, with private cgroup namespaces (20.10 or newer)',
    });
  return dockerError('DOCKER_CALL', `Docker of this machine: ${text}`);
}

/** A node whose Docker does not answer. */
export function stillStarting(container: string, log: readonly string[]): RkeError {
  return dockerError('DOCKER_NOT_RUNNING', `Docker does not run in the node container ${container}`, {
    fix: `check \`docker logs ${container}\`; another storage driver (--dind-storage-driver) or image (--dind-image) may help`,
    evidence: log,
  });
}
