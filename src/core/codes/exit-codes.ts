/** Exit codes by class of failure. Documented in docs/errors.md; scripts may rely on them. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  config: 3,
  state: 4,
  ssh: 5,
  docker: 6,
  kubernetes: 7,
  etcd: 8,
  partial: 9,
  expiring: 10,
  changes: 10,
  findings: 10,
  hook: 11,
  timedOut: 124,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[ExitName];

/** What each exit code means and what to do about it, as docs/errors.md shows it. */
export const exitCodeTexts: Readonly<Record<ExitName, { readonly when: string; readonly fix: string }>> = {
  ok: { when: 'the cluster is as cluster.yml describes it', fix: 'nothing to do' },
  internal: { when: 'a bug in rke', fix: 'report it with the log file' },
  usage: { when: 'invalid flags, or a file that cannot be read', fix: 'check `rke COMMAND --help`' },
  config: { when: 'cluster.yml is invalid; nothing was changed', fix: 'fix the listed lines' },
  state: {
    when: '`cluster.rkestate`, certificates or a kubeconfig cannot be used',
    fix: 'follow the message; never delete the state file',
  },
  ssh: {
    when: 'a host cannot be reached, or rejects the login',
    fix: 'check address, port, user, key and known_hosts',
  },
  docker: {
    when: 'Docker or a container fails, or a host fails a check',
    fix: 'follow the message: it names the host and the cause',
  },
  kubernetes: {
    when: 'the Kubernetes API, a node or an add-on fails',
    fix: 'follow the message: it ends with the container log',
  },
  etcd: { when: 'etcd is unhealthy, or would lose its quorum', fix: 'fix the named member first' },
  partial: {
    when: 'some hosts are done; others failed or were unreachable',
    fix: 'fix those hosts and run the same command again',
  },
  expiring: {
    when: '`rke cert status`: a certificate expires within `--warn-days`',
    fix: 'run `rke cert rotate`; `rke up` reissues those under 30 days',
  },
  changes: {
    when: '`rke plan --detailed-exitcode`: `rke up` would change something',
    fix: 'read the plan; `rke up` applies it',
  },
  findings: {
    when: '`rke status`, `doctor`, `prepare`: something is wrong, or left',
    fix: 'follow the findings',
  },
  hook: {
    when: 'a hook of `--hooks` failed; what depends on it was not done',
    fix: 'fix what its output names and run the same command again',
  },
  timedOut: { when: 'the time limit of `--timeout` is over', fix: 'run the same command again to continue' },
  hungUp: { when: 'SIGHUP: the terminal was closed', fix: 'run the same command again to continue' },
  interrupted: { when: 'SIGINT: Ctrl-C was pressed', fix: 'run the same command again to continue' },
  terminated: { when: 'SIGTERM', fix: 'run the same command again to continue' },
};
