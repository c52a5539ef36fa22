import { sshError, type RkeError } from '../../core/errors.js';
import type { Verdict } from './known-hosts.js';

export interface HostKeyPlace {
  readonly host: string;
  readonly hostName: string;
  readonly port: number;
  /** Name of the host in known_hosts. */
  readonly pattern: string;
  /** Where a key would be recorded. */
  readonly path: string;
  /** Fingerprint of the key that the host has. */
  readonly offered: string;
}

/** An unknown host, while ssh_config has `StrictHostKeyChecking yes`. */
export function unknownKeyError({ host, offered, ...place }: HostKeyPlace): RkeError {
  return sshError(
    'HOST_KEY_UNKNOWN',
    `the host key is unknown and your SSH configuration has StrictHostKeyChecking yes (offered: ${offered})`,
    { host, fix: recordKey(place) },
  );
}

/** ssh-keyscan prints the name that is dialled; it is replaced by the alias, if there is one. */
function recordKey({ hostName, port, pattern, path }: Omit<HostKeyPlace, 'host' | 'offered'>): string {
  const isAlias = pattern !== hostName && pattern !== `[${hostName}]:${port}`;
  const named = isAlias ? ` | sed 's/^[^ #]*/${pattern}/'` : '';
  return `if that is its key (compare with \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` on the host): ssh-keyscan -p ${port} ${hostName}${named} >> ${path}`;
}

/** A host key that is refused. None of these may be retried: the second attempt would find the same, or worse. */
export function hostKeyError(
  { kind, line }: Extract<Verdict, { readonly line: unknown }>,
  { host, pattern, offered, ...scan }: HostKeyPlace,
): RkeError {
  const place = `${line.file}:${line.line}`;
  switch (kind) {
    case 'changed':
      return sshError(
        'HOST_KEY_CHANGED',
        `the host key has changed: it is not the one in ${place} (offered: ${offered})`,
        {
          host,
          fix: `if the host was reinstalled: ssh-keygen -R '${pattern}' -f ${line.file}; if not, the connection may be intercepted`,
        },
      );
    case 'revoked':
      return sshError('HOST_KEY_REVOKED', `the host key is revoked in ${place} (offered: ${offered})`, {
        host,
        fix: 'replace the key on the host: remove the old one and run `ssh-keygen -A`',
      });
    case 'ca-only':
      return sshError(
        'HOST_KEY_CA_ONLY',
        `known_hosts has only a CA for the host (@cert-authority, ${place}), and rke cannot check host certificates (offered: ${offered})`,
        {
          host,
          fix: `${recordKey({ pattern, ...scan })}; or name another file with RKE_KNOWN_HOSTS`,
        },
      );
  }
}
