import { fileErrorOf, sshError, type RkeError } from '../../core/errors.js';

/** A key file that cannot be read. */
export function unreadableKey(path: string, { host, cause }: { host: string; cause: unknown }): RkeError {
  return sshError('SSH_KEY_FILE', `cannot read SSH key ${path}: ${fileErrorOf(cause)}`, {
    host,
    fix: 'set ssh_key_path to the private key of the user, or ssh_agent_auth: true',
    cause,
  });
}

/** None of the keys that would be used exists. */
export function noKey(paths: readonly string[], host: string): RkeError {
  return sshError(
    'SSH_KEY_FILE',
    `no SSH key found: cluster.yml names none, and none of ${paths.join(', ')} exists`,
    {
      host,
      fix: 'set ssh_key_path to the private key of the user, or ssh_agent_auth: true',
    },
  );
}

/** Not a private key, or one of an unknown kind. */
export function invalidKey(name: string, host: string): RkeError {
  return sshError('SSH_KEY_INVALID', `${name} is not an SSH private key`, {
    host,
    fix: 'set ssh_key_path to a private key (RSA, ECDSA or ed25519) in PEM or OpenSSH format',
  });
}

/** A key with a passphrase that was not given. */
export function lockedKey(name: string, host: string): RkeError {
  return sshError('SSH_KEY_ENCRYPTED', `SSH key ${name} needs a passphrase`, {
    host,
    fix: 'load it into an SSH agent (`ssh-add`), set RKE_SSH_KEY_PASSPHRASE, or run rke on a terminal, where it asks',
  });
}

/** @param wasAsked true if the passphrase was typed; otherwise it is from the environment */
export function wrongPassphrase(
  name: string,
  { host, wasAsked }: { readonly host: string; readonly wasAsked: boolean },
): RkeError {
  const origin = wasAsked ? 'typed' : 'from RKE_SSH_KEY_PASSPHRASE';
  return sshError('SSH_KEY_PASSPHRASE', `wrong passphrase for SSH key ${name} (${origin})`, {
    host,
    fix: 'check the passphrase with `ssh-keygen -y -f KEY_FILE`, or load the key with `ssh-add`',
  });
}

/** An agent that hangs, and would make every login hang. */
export function silentAgent(socket: string, host: string): RkeError {
  return sshError('SSH_AGENT', `the SSH agent does not answer (${socket})`, {
    host,
    fix: 'check that `ssh-add -l` returns at once; restart the agent, or set ssh_agent_auth: false and ssh_key_path',
  });
}
