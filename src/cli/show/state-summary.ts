import type { NodeSpec } from '../../config/cluster-spec.js';
import { describeBundle } from '../../pki/check/describe-bundle.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { columns } from './columns.js';
import { dayOf, daysLeft } from '../../commands/state/verify.js';

/** A state for people: which cluster, which nodes, which certificates. */
export function summaryOf(
  { desiredState, currentState }: ClusterState,
  { location, isSealed, now }: { readonly location: string; readonly isSealed: boolean; readonly now: Date },
): string {
  const { rkeConfig, certificatesBundle = {} } = desiredState;
  const running = currentState.rkeConfig;
  const certificates = describeBundle(certificatesBundle).map(({ name, subject, expires, fingerprint }) => [
    name,
    subject,
    `${dayOf(expires)} (${daysLeft(expires, now)} days)`,
    fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase(),
  ]);
  // RKE leaves out what is empty.
  const nodes = (rkeConfig?.nodes ?? []).map(({ address, hostnameOverride, role }: Partial<NodeSpec>) => [
    address ?? '',
    hostnameOverride === address ? '' : (hostnameOverride ?? ''),
    (role ?? []).join(', '),
  ]);
  const version = rkeConfig?.kubernetesVersion ?? 'unknown';
  const isSame = running?.kubernetesVersion === version;
  return [
    columns([
      ['file', `${location}${isSealed ? ' (encrypted)' : ''}`],
      ['cluster', rkeConfig?.clusterName ?? 'unknown'],
      ['version', isSame ? version : `${version}, running ${running?.kubernetesVersion ?? 'nothing yet'}`],
      [
        'secrets',
        (desiredState.encryptionConfig ?? '') === '' ? 'not encrypted in etcd' : 'encrypted in etcd',
      ],
    ]),
    table(['NODE', 'NAME', 'ROLES'], nodes),
    table(['CERTIFICATE', 'SUBJECT', 'EXPIRES', 'SHA-256'], certificates),
  ].join('');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${columns([header, ...rows])}`;
}
