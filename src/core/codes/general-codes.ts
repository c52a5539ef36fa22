import type { ErrorTable } from './error-entry.js';

/** Errors of the command line, of cluster.yml, of a run as a whole, and of etcd. */
export const generalCodes = {
  INTERNAL: {
    exit: 'internal',
    summary: 'a bug in rke',
    fix: 'report it with the log file; run the command with `--debug` for the full error chain',
  },
  USAGE: {
    exit: 'usage',
    summary: 'a flag, an argument or an environment variable is invalid, or a named file cannot be read',
    fix: 'check `rke COMMAND --help`',
  },
  NOT_CONFIRMED: {
    exit: 'usage',
    summary: 'the run would destroy something, or prepare hosts, and was not confirmed; nothing was changed',
    fix: 'read the plan, then run the same command with `--yes`',
  },
  PLAN_OUTDATED: {
    exit: 'usage',
    summary: 'the saved plan is no longer what `rke up` would do; nothing was changed',
    fix: 'save a new plan with `rke plan --out FILE`, read it, and apply that one',
  },
  KUBECONFIG_INVALID: {
    exit: 'usage',
    summary: 'the file to merge into is not a valid kubeconfig; the message has line and column',
    fix: 'fix the file, or name another one with `--kubeconfig-file`',
  },
  KUBECONFIG_READ_FAILED: {
    exit: 'usage',
    summary: 'the kubeconfig cannot be read',
    fix: 'check its permissions, or name another one with `--kubeconfig-file`',
  },
  KUBECONFIG_COLLISION: {
    exit: 'usage',
    summary: 'the kubeconfig has another cluster, context or user with the same name',
    fix: 'choose another name with `--context`',
  },
  CONFIG_INVALID: {
    exit: 'config',
    summary: 'cluster.yml is invalid',
    fix: 'fix the reported lines; `rke config validate` checks the file offline',
  },
  HELM_MISSING: {
    exit: 'usage',
    summary: 'cluster.yml has `addons_helm`, and the program helm cannot be started on this machine',
    fix: 'install helm 3.8 or newer, or set `RKE_HELM` to its path',
  },
  HELM_VERSION: {
    exit: 'usage',
    summary: 'the helm of this machine is of another version than 3.8 or newer, or 4',
    fix: 'install helm 3 or 4, or set `RKE_HELM` to its path',
  },
  EXTERNAL_ETCD_PEM: {
    exit: 'config',
    summary: '`services.etcd.ca_cert`, `cert` or `key` is not valid PEM, and `external_urls` needs it',
    fix: 'paste the PEM text of the certificate or of the unencrypted key',
  },
  ETCD_DATA_GONE: {
    exit: 'etcd',
    summary: 'the host is an etcd member, but its data directory is empty; nothing was changed',
    fix: 'mount the disk with the data; if the data is lost, see [below](#an-etcd-member-without-its-data)',
  },
  ETCD_DATA_UNKNOWN: {
    exit: 'etcd',
    summary: 'the host is an etcd member without a container, and its data directory cannot be read',
    fix: 'run `sudo ls /var/lib/etcd/member` on the host and follow the message',
  },
  ETCD_DATA_FOUND: {
    exit: 'etcd',
    summary: 'the host is to join etcd, but has the data of another etcd, or of a member that was removed',
    fix: 'if the data is no longer needed, remove the directory that the message names on the host, then run `rke up` again',
  },
  ETCD_UNREACHABLE: {
    exit: 'etcd',
    summary: 'no etcd member answers',
    fix: 'check `docker logs etcd` on the etcd hosts',
  },
  ETCD_CALL: {
    exit: 'etcd',
    summary: 'etcd refused a call',
    fix: 'fix what the message quotes from etcd',
  },
  ETCD_QUORUM: {
    exit: 'etcd',
    summary: 'a change of the etcd members would put their majority at risk; it was not made',
    fix: 'fix the members that the message names, then run the same command again',
  },
  ETCD_MEMBERSHIP: {
    exit: 'etcd',
    summary:
      'etcd members are to be added or removed, but the membership is not known, or the change did not finish in time',
    fix: 'check `docker logs etcd` on the etcd hosts, then run the same command again',
  },
  NOT_HEALTHY: {
    exit: ['docker', 'kubernetes', 'etcd'],
    summary: 'a container did not become healthy in time',
    fix: 'check `docker logs CONTAINER` on the host, fix the cause, then run `rke up` again',
  },
  TOO_FEW_HEALTHY: {
    exit: ['kubernetes', 'etcd'],
    summary: 'the other members are not healthy enough to interrupt one; that member was not changed',
    fix: 'fix the members that the message names, then run `rke up` again',
  },
  RUN_FAILED: {
    exit: [
      'internal',
      'usage',
      'config',
      'state',
      'ssh',
      'docker',
      'kubernetes',
      'etcd',
      'partial',
      'hook',
      'timedOut',
      'interrupted',
      'terminated',
      'hungUp',
    ],
    summary: 'operations failed; each failure is reported with its own code',
    fix: 'fix each of them, then run the same command again',
  },
  TIMED_OUT: {
    exit: 'timedOut',
    summary:
      'the time limit of the run is over; running operations were completed, and nothing was rolled back',
    fix: 'run the same command again to continue, with a longer `--timeout` if it makes progress',
  },
  CANCELLED: {
    exit: ['interrupted', 'terminated', 'hungUp'],
    summary: 'the run was interrupted; running operations were completed, and nothing was rolled back',
    fix: 'run the same command again to continue',
  },
} as const satisfies ErrorTable;
