import { sshError, type RkeError } from '../core/errors.js';
import type { Verdict } from './known-hosts.js';

/** A host key that is not accepted. None of these may be retried: a second try would find the same, or worse. */
export function hostKeyError(
  { kind, line }: Extract<Verdict, { readonly line: unknown }>,
  {
    host,
    hostName,
    port,
    pattern,
    path,
    offered,
  }: {
    readonly host: string;
    readonly hostName: string;
    readonly port: number;
    readonly pattern: string;
    /** Where a key would be recorded. */
    readonly path: string;
    readonly offered: string;
  },
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
          fix: `if that is its key (ssh-keygen -lf on the host): ssh-keyscan -p ${port} ${hostName} >> ${path}; or name another file with RKE_KNOWN_HOSTS`,
        },
      );
  }
}
