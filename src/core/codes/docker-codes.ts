import type { ErrorTable } from './error-entry.js';

/** Errors of Docker, of images and registries, and of the checks before a run. Exit code 6. */
export const dockerCodes = {
  DOCKER_NOT_RUNNING: {
    exit: 'docker',
    summary: 'Docker is not running on the host',
    fix: 'run `rke prepare`, which installs and starts it, or fix `docker_socket`',
  },
  DOCKER_PERMISSION: {
    exit: 'docker',
    summary: 'the user may not use the Docker socket',
    fix: 'run `rke prepare`, or `sudo usermod -aG docker USER` on the host, then run rke again',
  },
  DOCKER_SOCKET: {
    exit: 'docker',
    summary: 'the path in `docker_socket` is not a socket',
    fix: 'fix `docker_socket`; the default is `/var/run/docker.sock`',
  },
  DOCKER_UNREACHABLE: {
    exit: 'docker',
    summary: 'the Docker socket does not answer, and the cause cannot be determined',
    fix: 'check `systemctl status docker` on the host',
  },
  DOCKER_TIMEOUT: {
    exit: 'docker',
    summary: 'Docker accepts a call but does not answer in time, or a container does not end',
    fix: 'check `journalctl -u docker` on the host',
  },
  DOCKER_API: {
    exit: 'docker',
    summary: 'Docker is older than 1.12, or the socket is not of Docker',
    fix: 'install Docker 20.10 or later',
  },
  DOCKER_CALL: {
    exit: 'docker',
    summary: 'Docker rejected a call',
    fix: 'fix what the message quotes from Docker',
  },
  CONTAINER_MISSING: {
    exit: 'docker',
    summary: 'the host has no such container',
    fix: 'check `rke status`; `rke up` creates what is missing',
  },
  DOCKER_NO_IMAGE: {
    exit: 'docker',
    summary: 'an image that was pulled is no longer on the host, and a second pull did not help',
    fix: 'free space on the disk of Docker: at 85% the kubelet deletes images that no container uses',
  },
  DOCKER_DISK_FULL: {
    exit: 'docker',
    summary: "Docker's disk is full",
    fix: 'check `docker system df` on the host and free space',
  },
  DOCKER_PORT_IN_USE: {
    exit: 'docker',
    summary: 'another process uses a port that a container needs',
    fix: 'find it with `ss -ltnp` on the host and stop it',
  },
  DOCKER_VERSION: {
    exit: 'docker',
    summary: 'the Docker version is not supported by this Kubernetes version',
    fix: 'install a supported version, or accept this one with `--ignore-docker-version`',
  },
  PREPARE_FAILED: {
    exit: 'docker',
    summary: 'a step of `rke prepare` failed, did not end in time, or had no effect; the host was left there',
    fix: 'fix what the last lines in the message show, then run `rke prepare` again',
  },
  HELPER_FAILED: {
    exit: 'docker',
    summary: 'a container that prepares or cleans the host failed',
    fix: 'fix what its last lines in the message show, then run the same command again',
  },
  ROLLBACK_FAILED: {
    exit: 'docker',
    summary: 'a container was not replaced, and the previous one could not be restored',
    fix: 'run the commands in the message on the host, then `rke up` again',
  },
  CLEAN_INCOMPLETE: {
    exit: 'docker',
    summary: 'not every directory of a host that leaves could be removed',
    fix: 'unmount what is mounted below them (`findmnt` on the host), then run the same command again',
  },
  FOREIGN_CONTAINER: {
    exit: 'docker',
    summary: 'a container with a name that the cluster needs was not created by rke',
    fix: 'rename it: `docker rename NAME my-NAME` on the host',
  },
  WINDOWS_HOST: {
    exit: 'docker',
    summary: 'the host runs Windows, which is not supported',
    fix: 'use a Linux host; manage a cluster that already has Windows nodes with RKE v1',
  },
  PORT_IN_USE: {
    exit: 'docker',
    summary: 'another process uses a port that the cluster needs; nothing was changed',
    fix: 'find it with `ss -ltnp` on the host and stop it',
  },
  PORT_BLOCKED: {
    exit: 'docker',
    summary: 'a host cannot reach a port of another host; nothing was changed',
    fix: 'open the ports in firewalls and security groups; `--disable-port-check` skips the check',
  },
  PULL_DENIED: {
    exit: 'docker',
    summary: 'the registry requires credentials, or rejects them',
    fix: 'fix user and password in `private_registries`',
  },
  PULL_NOT_FOUND: {
    exit: 'docker',
    summary: 'the image does not exist in the registry',
    fix: 'fix `system_images` or `kubernetes_version`, or add the image to your registry',
  },
  PULL_FAILED: {
    exit: 'docker',
    summary: 'the image cannot be pulled',
    fix: 'check `docker pull IMAGE` on the host, or name a mirror in `private_registries`',
  },
  PULL_STALLED: {
    exit: 'docker',
    summary: 'a pull made no progress for 180 seconds, or the registry does not answer',
    fix: 'check `docker pull IMAGE` on the host: the registry or a proxy hangs',
  },
  IMAGES_MISSING: {
    exit: 'docker',
    summary: 'several images cannot be pulled; the message lists them',
    fix: 'fix the cause of each; the codes of single images are `PULL_DENIED`, `PULL_NOT_FOUND`, `PULL_FAILED`',
  },
  ECR_ADDRESS: {
    exit: 'docker',
    summary: 'a registry with `ecr_credential_plugin` has a `url` that is not of AWS ECR',
    fix: 'fix `url`: `ACCOUNT.dkr.ecr.REGION.amazonaws.com`',
  },
  ECR_KEYS: {
    exit: 'docker',
    summary: 'neither cluster.yml nor the environment has both AWS keys',
    fix: 'run `eval "$(aws configure export-credentials --format env)"`',
  },
  ECR_DENIED: {
    exit: 'docker',
    summary: 'AWS rejects the keys',
    fix: 'fix what the message quotes from AWS: keys, permissions, session or clock',
  },
  ECR_UNREACHABLE: {
    exit: 'docker',
    summary: 'AWS cannot be reached from this machine',
    fix: 'check `curl https://api.ecr.REGION.amazonaws.com`; no proxy is used',
  },
  ECR_ANSWER: {
    exit: 'docker',
    summary: 'the answer is not of the AWS API',
    fix: 'check `curl -v https://api.ecr.REGION.amazonaws.com`: a proxy may answer',
  },
  CHECK_DOCKER: {
    exit: 'docker',
    summary: 'Docker is a snap, rootless or uses userns-remap, or keeps its data in a home directory',
    fix: 'install Docker from its packages, with its data outside of home directories',
  },
  CHECK_CLOCK: {
    exit: 'docker',
    summary: 'the clock of the host is off by more than 60 seconds',
    fix: 'synchronize the clocks of the host and of this machine (NTP)',
  },
  CHECK_MACHINE_ID: {
    exit: 'docker',
    summary: 'a new host has the same `/etc/machine-id` as another host',
    fix: 'generate a new machine ID on the new host',
  },
  CHECK_HOSTNAME: {
    exit: 'docker',
    summary: 'a new host has the same host name as another host',
    fix: 'give the new host a unique host name',
  },
  CHECK_DISK: {
    exit: 'docker',
    summary: 'less than 500 MB are free for Docker, and images have to be pulled',
    fix: 'free space on the host; `docker system df` shows what Docker uses',
  },
  CHECK_MEMORY: {
    exit: 'docker',
    summary: 'the host has less than 1 GiB of memory (a warning only)',
    fix: 'add memory',
  },
  CHECK_CGROUP: {
    exit: 'docker',
    summary: 'the cgroup version of the host does not work with this Kubernetes version',
    fix: 'boot the host with the other cgroup version, or use Kubernetes 1.19 or later',
  },
  CHECK_KERNEL_MODULES: {
    exit: 'docker',
    summary: 'a kernel module that the cluster needs is not available (a warning only)',
    fix: 'run `rke prepare`, or install the module on the host',
  },
  CHECK_SWAP: {
    exit: 'docker',
    summary: 'swap is on, and `fail_swap_on` is true (a warning only)',
    fix: 'run `rke prepare`, which turns swap off, or set `fail_swap_on: false`',
  },
  CHECK_SYSCTL: {
    exit: 'docker',
    summary: 'a kernel parameter that the network of pods needs is 0 (a warning only)',
    fix: 'run `rke prepare`, or set it with sysctl and in /etc/sysctl.d',
  },
  CHECK_STORAGE_DRIVER: {
    exit: 'docker',
    summary: 'Docker uses a storage driver that is slow or no longer exists (a warning only)',
    fix: 'use overlay2',
  },
  CHECK_LEFTOVERS: {
    exit: 'docker',
    summary: 'a new host has certificates or etcd data of another cluster',
    fix: 'check that no cluster needs them, then remove them as the message shows',
  },
} as const satisfies ErrorTable;
