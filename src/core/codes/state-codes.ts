import type { ErrorTable } from './error-entry.js';
import { restoreStateFix } from './restore-state.js';

const restore = restoreStateFix('cluster.rkestate');

/** Errors of files on this machine: state, certificates and their keys, kubeconfig. Exit code 4. */
export const stateCodes = {
  STATE_MISSING: {
    exit: 'state',
    summary: 'there is no state file, but the command needs one or the hosts already run a cluster',
    fix: 'put the state file back beside cluster.yml, or rebuild it with `rke state recover`',
  },
  OTHER_CLUSTER: {
    exit: 'state',
    summary: 'a host that joins or leaves the cluster belongs to another one; nothing was changed',
    fix: 'take the host out of the other cluster first, or follow the message',
  },
  STATE_EMPTY: {
    exit: 'state',
    summary: 'the state file is empty',
    fix: restore,
  },
  STATE_TRUNCATED: {
    exit: 'state',
    summary: 'the state file is truncated',
    fix: restore,
  },
  STATE_NOT_JSON: {
    exit: 'state',
    summary: 'the state file is not valid JSON',
    fix: restore,
  },
  STATE_FOREIGN: {
    exit: 'state',
    summary: 'the file is not a state file of rke, or a member was edited to an invalid value',
    fix: restore,
  },
  STATE_FUTURE: {
    exit: 'state',
    summary: 'the state file was written by a newer rke',
    fix: 'use that version of rke, or a later one',
  },
  STATE_DAMAGED: {
    exit: 'state',
    summary: 'the encrypted state file was changed or damaged',
    fix: restore,
  },
  STATE_ENCRYPTED: {
    exit: 'state',
    summary: 'the state file is encrypted, and no passphrase was given',
    fix: 'set `RKE_STATE_PASSPHRASE`, or name the file that has the passphrase with `--state-key-file`',
  },
  STATE_PASSPHRASE_WRONG: {
    exit: 'state',
    summary: 'the passphrase of the state file is wrong',
    fix: 'use the passphrase that the file was encrypted with; without it the file cannot be read',
  },
  STATE_WITHOUT_CA: {
    exit: 'state',
    summary: 'the certificate or the key of a CA is missing from the state file or unusable',
    fix: `${restore}; a new CA would lock out every node`,
  },
  STATE_KEY: {
    exit: 'state',
    summary: 'a private key in the state file cannot be read',
    fix: restore,
  },
  STATE_KEY_MISMATCH: {
    exit: 'state',
    summary: 'a private key in the state file does not belong to its certificate',
    fix: restore,
  },
  STATE_CERTIFICATE_USAGE: {
    exit: 'state',
    summary: 'a certificate in the state file is not valid for its purpose',
    fix: restore,
  },
  STATE_READ_FAILED: {
    exit: 'state',
    summary: 'the state file, or its directory, cannot be read',
    fix: 'check its permissions',
  },
  STATE_WRITE_FAILED: {
    exit: 'state',
    summary: 'the state file or its lock cannot be written: disk full, or no permission',
    fix: 'free space, or check the permissions of the directory, then run the command again',
  },
  STATE_LOCKED: {
    exit: 'state',
    summary: 'another run works on the cluster',
    fix: 'wait until it has ended; use `--break-lock` only if you know that it no longer runs',
  },
  LOCK_LOST: {
    exit: 'state',
    summary: 'another run broke the lock of this one, or the lock in the cluster could not be renewed',
    fix: 'check that no other run works on the cluster, then run the command again',
  },
  STATE_EXISTS: {
    exit: 'state',
    summary: '`rke state recover` found a state file already in place',
    fix: 'check it with `rke state verify`; `--force` replaces it and keeps it as `.bak`',
  },
  STATE_NOT_RECOVERED: {
    exit: 'state',
    summary: 'the state cannot be rebuilt from what is left of the cluster; nothing was written',
    fix: 'make a control-plane host reachable, or name an etcd snapshot with `--snapshot FILE`',
  },
  STATE_WITHOUT_ADMIN: {
    exit: 'state',
    summary: 'the state file has no control plane, or no kube-admin certificate',
    fix: 'run `rke up`',
  },
  NO_CLUSTER: {
    exit: 'state',
    summary: 'the state file has no finished cluster, so there is nothing to rotate',
    fix: 'name the cluster file with `--config`, or finish the cluster with `rke up`',
  },
  NO_CERTIFICATES: {
    exit: 'state',
    summary: 'the state file has no certificates',
    fix: 'run `rke up` for a new cluster, `rke state recover --force` for a running one',
  },
  CA_EXPIRED: {
    exit: 'state',
    summary: 'a CA has expired and can no longer sign certificates',
    fix: 'run `rke cert rotate --rotate-ca`; a custom CA has to be renewed by its owner',
  },
  CA_NOT_YET_VALID: {
    exit: 'state',
    summary: 'a CA is not valid yet: a clock is or was wrong',
    fix: 'check the clock of this machine with `date -u`',
  },
  OWN_CERTIFICATES: {
    exit: 'state',
    summary: 'the cluster has custom certificates, and rke has no CA key to sign new ones',
    fix: 'run `rke up --custom-certs --cert-dir DIR` with your renewed certificates',
  },
  CUSTOM_CERTS: {
    exit: 'state',
    summary: 'custom certificates are missing or invalid; every fault is listed',
    fix: 'have the named certificates reissued; `rke cert generate-csr` writes the requests',
  },
  CUSTOM_KEYS: {
    exit: 'state',
    summary: 'private keys in the certificate directory are not unencrypted RSA keys',
    fix: 'replace them, or move them away to have new ones generated',
  },
  CERT_DIR_READ_FAILED: {
    exit: 'state',
    summary: 'the certificate directory, or a file in it, cannot be read',
    fix: 'check its permissions, or name another directory with `--cert-dir`',
  },
  CERT_DIR_WRITE_FAILED: {
    exit: 'state',
    summary: 'a key or a request cannot be written to the certificate directory',
    fix: 'free space or check its permissions, or name another directory with `--cert-dir`',
  },
  ENCRYPTION_OFF: {
    exit: 'state',
    summary: 'encryption of Secrets is disabled, so there is no key to rotate',
    fix: 'set `services.kube-api.secrets_encryption_config.enabled: true` and run `rke up`',
  },
  ENCRYPTION_NOT_READY: {
    exit: 'state',
    summary: 'Secrets are not encrypted with a key of rke yet, so there is no key to rotate',
    fix: 'enable `secrets_encryption_config` without `custom_config` and run `rke up` first',
  },
  ENCRYPTION_CUSTOM: {
    exit: 'state',
    summary: 'rke cannot rotate the key of a `custom_config`, or turn off one that covers more than Secrets',
    fix: 'change `custom_config` yourself, in the order that the message gives',
  },
  ENCRYPTION_CUT_OFF: {
    exit: 'state',
    summary: 'a run that applied another `custom_config` was interrupted',
    fix: 'put that `custom_config` back, run `rke up` to its end, then change it',
  },
  ENCRYPTION_KEY_MISSING: {
    exit: 'state',
    summary: 'objects in etcd are stored in a form that the new `custom_config` cannot read',
    fix: 'add the provider that the message names, or turn encryption off first',
  },
  ENCRYPTION_UNKNOWN: {
    exit: 'state',
    summary: 'the API server encrypts Secrets, but the state file has no key',
    fix: 'run `rke state recover --force`, which restores the key, then `rke up`',
  },
  KUBECONFIG_EXISTS: {
    exit: 'state',
    summary: 'the kubeconfig in place is not of this cluster, or cannot be read',
    fix: 'print the new one with `rke kubeconfig`; `--force` replaces the file and keeps it as `.bak`',
  },
  KUBECONFIG_LOCKED: {
    exit: 'state',
    summary: 'another program writes the kubeconfig',
    fix: 'run the command again; remove the lock file only if no kubectl or rke is running',
  },
  KUBECONFIG_WRITE_FAILED: {
    exit: 'state',
    summary: 'the kubeconfig cannot be written: disk full, or no permission',
    fix: 'free space, or check the permissions of the directory',
  },
} as const satisfies ErrorTable;
