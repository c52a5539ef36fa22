import { messageOf, sshError, type RkeError } from '../../core/errors.js';

/** A key file that cannot be read. */
export function unreadableKey(path: string, { host, cause }: { host: string; cause: unknown }): RkeError {
  return sshError('SSH_KEY_FILE', `cannot read the SSH key ${path}: ${messageOf(cause)}`, {
    host,
    fix: 'set ssh_key_path to the private key of the user, or ssh_agent_auth: true',
    cause,
  });
}

/** None of the keys that would be used is there. */
export function noKey(paths: readonly string[], host: string): RkeError {
  return sshError('SSH_KEY_FILE', `there is no SSH key: none of ${paths.join(', ')} exists`, {
    host,
    fix: 'set ssh_key_path to the private key of the user, or ssh_agent_auth: true',
  });
}

/** A text that is no private key, or of a kind that is not known. */
export function invalidKey(name: string, host: string): RkeError {
  return sshError('SSH_KEY_INVALID', `${name} is not an SSH private key`, {
    host,
    fix: 'set ssh_key_path to a private key (RSA, ECDSA or ed25519) in PEM or OpenSSH form',
  });
}

/** A key with a passphrase that nobody gave. */
export function lockedKey(name: string, host: string): RkeError {
  return sshError('SSH_KEY_ENCRYPTED', `the SSH key ${name} has a passphrase`, {
    host,
    fix: 'load it into an SSH agent (ssh-add), set RKE_SSH_KEY_PASSPHRASE, or run rke on a terminal, where it asks',
  });
}

/** @param wasAsked whether the passphrase was typed; else it is the one of the environment */
export function wrongPassphrase(
  name: string,
  { host, wasAsked }: { readonly host: string; readonly wasAsked: boolean },
): RkeError {
  const given = wasAsked ? 'the passphrase that was typed' : 'RKE_SSH_KEY_PASSPHRASE';
  return sshError('SSH_KEY_PASSPHRASE', `${given} does not open the SSH key ${name}`, {
    host,
    fix: 'run rke again with the right one (ssh-keygen -y -f <key file> tells whether it is), or load the key with ssh-add',
  });
}

/** An agent that hangs: every login with it would. */
export function silentAgent(socket: string, host: string): RkeError {
  return sshError('SSH_AGENT', `the SSH agent at ${socket} does not answer`, {
    host,
    fix: 'check that `ssh-add -l` returns at once; restart the agent, or set ssh_agent_auth: false and ssh_key_path',
  });
}
