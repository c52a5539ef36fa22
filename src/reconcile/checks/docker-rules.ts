import type { DockerFacts } from '../../host/host.js';
import { failed, ok, warning, type Verdict } from './check-result.js';

/** Checks by `docker info` that containers get the directories, users and network of the host, as a node needs. */
export function dockerVerdict(
  { rootDir, securityOptions }: Pick<DockerFacts, 'rootDir' | 'securityOptions'>,
  { isNew }: { readonly isNew: boolean },
): Verdict {
  const has = (option: string): boolean =>
    securityOptions.some((one) =>
      one.split(',').some((part) => part === option || part === `name=${option}`),
    );
  if (/^(\/var)?\/snap\//.test(rootDir))
    return failed(
      `Docker was installed from a snap (it keeps its data in ${rootDir}), and its containers cannot use the host's directories`,
      'remove it (snap remove docker) and install Docker from the packages of docker.com or of the distribution',
    );
  if (has('rootless') || /\/\.local\/share\/docker(\/|$)/.test(rootDir))
    return failed(
      'Docker is rootless, and a node needs privileged containers and the network of the host',
      'run Docker as root (systemctl enable --now docker) and, if it has another socket, set docker_socket to it',
    );
  if (has('userns'))
    return failed(
      'Docker remaps users (userns-remap), and a node needs privileged containers with the namespaces of the host',
      'remove userns-remap from /etc/docker/daemon.json and from the options of dockerd, then restart Docker',
    );
  if (!/^\/(root|home\/[^/]+)\/./.test(rootDir)) return ok(`Docker keeps its data in ${rootDir}`);
  const judge = isNew ? failed : warning;
  return judge(
    `Docker keeps its data in a home directory (${rootDir})`,
    'set data-root in /etc/docker/daemon.json to a directory outside of /home and /root, then restart Docker',
  );
}

/** Drivers that lose data, are slow, or are gone from current versions of Docker. */
const poorDrivers: Readonly<Record<string, string>> = {
  vfs: 'copies every layer of an image, so disks fill up',
  devicemapper: 'was removed in Docker 25',
  aufs: 'was removed in Docker 24',
  overlay: 'was removed in Docker 24',
};

/** Checks how Docker stores layers; undefined if it does not say. Never a failure: its images and containers are there. */
export function storageDriverVerdict({
  storageDriver: driver,
}: Pick<DockerFacts, 'storageDriver'>): Verdict | undefined {
  if (driver === undefined) return undefined;
  const trouble = poorDrivers[driver];
  if (trouble === undefined) return ok(`storage driver ${driver}`);
  return warning(
    `Docker uses the storage driver ${driver}, which ${trouble}`,
    'on a host without a cluster, set "storage-driver": "overlay2" in /etc/docker/daemon.json and restart Docker: it starts without the images and containers of the old driver, so on a node of a cluster remove the node first and add it again',
  );
}
