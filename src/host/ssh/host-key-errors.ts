import { sshError, type RkeError } from '../../core/errors.js';
import type { Verdict } from './known-hosts.js';

export interface HostKeyPlace {
  readonly host: string;
  readonly hostName: string;
  readonly port: number;
  /** The name of the host in known_hosts. */
  readonly pattern: string;
  /** Where a key would be recorded. */
  readonly path: string;
  /** Fingerprint of the key that the host has. */
  readonly offered: string;
}

/** A host that is not known where ssh_config has `StrictHostKeyChecking yes`. */
export function unknownKeyError({ host, offered, ...place }: HostKeyPlace): RkeError {
  return sshError(
    'HOST_KEY_UNKNOWN',
    `the host key of ${host} is unknown, and your SSH configuration has StrictHostKeyChecking yes; it offers ${offered}`,
    { host, fix: recordKey(place) },
  );
}

/** A scan names the host as it is dialled; an alias takes the place of that. */
function recordKey({ hostName, port, pattern, path }: Omit<HostKeyPlace, 'host' | 'offered'>): string {
  const isAlias = pattern !== hostName && pattern !== `[${hostName}]:${port}`;
  const named = isAlias ? ` | sed 's/^[^ #]*/${pattern}/'` : '';
  return `if that is its key (ssh-keygen -lf on the host): ssh-keyscan -p ${port} ${hostName}${named} >> ${path}`;
}

/** A host key that is not accepted. None of these may be retried: a second try would find the same, or worse. */
export function hostKeyError(
  { kind, line }: Extract<Verdict, { readonly line: unknown }>,
  { host, pattern, offered, ...scan }: HostKeyPlace,
): RkeError {
  const place = `${line.file}:${line.line}`;
  switch (kind) {
    case 'changed':
      return sshError(
        'HOST_KEY_CHANGED',
        `the host key of ${host} is not the one that is known (${place}); it offers ${offered}`,
        {
          host,
          fix: `if the host was really made anew: ssh-keygen -R '${pattern}' -f ${line.file}; if not, somebody may be in between`,
        },
      );
    case 'revoked':
      return sshError(
        'HOST_KEY_REVOKED',
        `the host key of ${host} has been revoked (${place}); it offers ${offered}`,
        { host, fix: 'give the host a new key (ssh-keygen -A on the host, after removing the old one)' },
      );
    case 'ca-only':
      return sshError(
        'HOST_KEY_CA_ONLY',
        `${host} is known by a certificate authority alone (@cert-authority, ${place}), and rke cannot check host certificates; its key is ${offered}`,
        {
          host,
          fix: `${recordKey({ pattern, ...scan })}; or name another file with RKE_KNOWN_HOSTS`,
        },
      );
  }
}
