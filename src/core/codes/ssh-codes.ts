import type { ErrorTable } from './error-entry.js';

/** Errors of SSH connections, keys and host keys. Exit code 5. */
export const sshCodes = {
  SSH_DNS: {
    exit: 'ssh',
    summary: 'the address of the host, or its `HostName`, cannot be resolved',
    fix: 'fix the address or your DNS',
  },
  SSH_UNREACHABLE: {
    exit: 'ssh',
    summary: 'the host does not answer within 10 seconds, or there is no route to it',
    fix: 'check that the host is up and that firewalls let SSH through, also from the bastion host',
  },
  SSH_REFUSED: {
    exit: 'ssh',
    summary: 'nothing listens on the SSH port',
    fix: 'start sshd, or fix `port` in cluster.yml',
  },
  SSH_CLOSED: {
    exit: 'ssh',
    summary: 'the host closed the connection before the SSH handshake',
    fix: 'check the sshd log: MaxStartups reached, address blocked (fail2ban, PerSourcePenalties), wrong port',
  },
  SSH_HANDSHAKE: {
    exit: 'ssh',
    summary: 'the SSH handshake failed: no algorithm in common',
    fix: 'check which algorithms and host keys the host offers with `ssh -v USER@HOST`',
  },
  SSH_FAILED: {
    exit: 'ssh',
    summary: 'the connection failed for another reason, which the message has',
    fix: 'check `ssh USER@HOST`',
  },
  SSH_AUTH: {
    exit: 'ssh',
    summary: 'SSH authentication failed for this user and key',
    fix: 'check `ssh -i KEY USER@HOST`; fix `user` or `ssh_key_path`, or run `ssh-copy-id`',
  },
  SSH_AGENT: {
    exit: 'ssh',
    summary: 'the SSH agent does not answer, or does not sign',
    fix: 'check `ssh-add -l`, or use `ssh_key_path` without `ssh_agent_auth`',
  },
  SSH_KEY_FILE: {
    exit: 'ssh',
    summary: 'the SSH key file does not exist or cannot be read',
    fix: 'set `ssh_key_path`, or check the permissions of the file',
  },
  SSH_KEY_INVALID: {
    exit: 'ssh',
    summary: 'the SSH key is not a private key of a known format',
    fix: 'name the private key, not the `.pub` file',
  },
  SSH_KEY_ENCRYPTED: {
    exit: 'ssh',
    summary: 'the SSH key has a passphrase, and none was given',
    fix: 'load it with `ssh-add`, set `RKE_SSH_KEY_PASSPHRASE`, or run rke on a terminal',
  },
  SSH_KEY_PASSPHRASE: {
    exit: 'ssh',
    summary: 'the passphrase of the SSH key is wrong',
    fix: 'enter the right one, or fix `RKE_SSH_KEY_PASSPHRASE`',
  },
  SSH_CERTIFICATE: {
    exit: 'ssh',
    summary: '`ssh_cert` and `ssh_cert_path` are not supported',
    fix: 'load key and certificate into an SSH agent and set `ssh_agent_auth: true`',
  },
  SSH_CONFIG: {
    exit: 'ssh',
    summary: '`~/.ssh/config` cannot be read, includes too deeply, or has a ProxyJump loop',
    fix: 'fix the file; `ssh -G HOST` shows how ssh reads it',
  },
  KNOWN_HOSTS: {
    exit: 'ssh',
    summary: 'known_hosts cannot be read or written',
    fix: 'check its permissions, or name another file with `RKE_KNOWN_HOSTS`',
  },
  HOST_KEY_CHANGED: {
    exit: 'ssh',
    summary: 'the host key differs from the known one: a reinstalled host, or an attack',
    fix: 'find out why; only if the host was reinstalled, remove the old key with `ssh-keygen -R`',
  },
  HOST_KEY_UNKNOWN: {
    exit: 'ssh',
    summary: 'the host key is unknown, and `StrictHostKeyChecking` is `yes`',
    fix: 'compare the fingerprint on the host, then record the key as the message shows',
  },
  HOST_KEY_REVOKED: {
    exit: 'ssh',
    summary: 'the host key is marked `@revoked` in known_hosts',
    fix: 'generate a new host key on the host',
  },
  HOST_KEY_CA_ONLY: {
    exit: 'ssh',
    summary: 'the host is known by an `@cert-authority` line only, and host certificates are not supported',
    fix: 'record its key as the message shows, or name another file with `RKE_KNOWN_HOSTS`',
  },
  SSH_FORWARDING: {
    exit: 'ssh',
    summary: 'sshd does not allow forwarding, and the Docker CLI on the host does not help',
    fix: 'set `AllowTcpForwarding yes` and `AllowStreamLocalForwarding yes` and restart sshd',
  },
  SSH_CHANNEL: {
    exit: 'ssh',
    summary: 'nothing answers at a port or socket of the host',
    fix: 'check on the host what listens there',
  },
  SSH_SESSIONS: {
    exit: 'ssh',
    summary: 'sshd allows no further session on the connection',
    fix: 'set `MaxSessions` to 10 or more and restart sshd',
  },
  SSH_COMMAND: {
    exit: 'ssh',
    summary: 'sshd runs no commands for this user, or a command failed',
    fix: 'remove `ForceCommand`, `restrict` or `command=` of this user, or follow the output in the message',
  },
  SSH_COMMAND_TIMEOUT: {
    exit: 'ssh',
    summary: 'a command did not end within 30 seconds',
    fix: 'check that `ssh USER@HOST true` returns at once: login shell, load and disks of the host',
  },
  SSH_OUTPUT: {
    exit: 'ssh',
    summary: 'a command printed more than 16 MiB',
    fix: 'check what `ssh USER@HOST true` prints',
  },
  SSH_CONNECTION_LOST: {
    exit: 'ssh',
    summary: 'the SSH connection was lost',
    fix: 'check that the host is up, then run the same command again to continue',
  },
  TRANSPORT_FAILED: {
    exit: 'ssh',
    summary: 'a host cannot be reached by the transport that is used instead of SSH',
    fix: 'check that the host is up and what the transport reports, then run the same command again to continue',
  },
  JOINING_UNREACHABLE: {
    exit: 'ssh',
    summary: 'an etcd or control-plane host that the cluster does not have yet cannot be reached',
    fix: 'make the host reachable, or remove its role or its node from cluster.yml until it is; `--ignore-unreachable` does not cover it',
  },
  MEMBERS_UNREACHABLE: {
    exit: 'ssh',
    summary:
      'etcd or control-plane hosts cannot be reached, and the run would change what all of them must have',
    fix: 'make the hosts reachable, or undo the change that the message names; a host that no longer exists is removed with `rke node remove NAME --force`',
  },
  LEAVING_UNREACHABLE: {
    exit: 'ssh',
    summary: 'a node left cluster.yml, and its host cannot be reached: it can be neither drained nor cleaned',
    fix: 'make the host reachable and run `rke up` again; if it no longer exists, run `rke node remove NAME --force`',
  },
} as const satisfies ErrorTable;
