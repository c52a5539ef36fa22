import type { NodeSpec } from '../../config/cluster-spec.js';
import { countDaysLeft, formatDay } from '../../pki/x509/validity.js';
import { describeBundle } from '../../pki/check/describe-bundle.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { formatColumns } from './columns.js';

/** Formats a state as text: cluster, nodes and certificates. */
export function formatStateSummary(
  { desiredState, currentState }: ClusterState,
  { location, isSealed, now }: { readonly location: string; readonly isSealed: boolean; readonly now: Date },
): string {
  const { rkeConfig, certificatesBundle = {} } = desiredState;
  const running = currentState.rkeConfig;
  const certificates = describeBundle(certificatesBundle).map(({ name, subject, expires, fingerprint }) => [
    name,
    subject,
    `${formatDay(expires)} (${countDaysLeft(expires, now)} days)`,
    fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase(),
  ]);
  // RKE omits empty values.
  const nodes = (rkeConfig?.nodes ?? []).map(({ address, hostnameOverride, role }: Partial<NodeSpec>) => [
    address ?? '',
    hostnameOverride === address ? '' : (hostnameOverride ?? ''),
    (role ?? []).join(', '),
  ]);
  const version = rkeConfig?.kubernetesVersion ?? 'unknown';
  const isSame = running?.kubernetesVersion === version;
  return [
    formatColumns([
      ['file', `${location}${isSealed ? ' (encrypted)' : ''}`],
      ['cluster', rkeConfig?.clusterName ?? 'unknown'],
      ['version', isSame ? version : `${version}, running ${running?.kubernetesVersion ?? 'nothing yet'}`],
      [
        'secrets',
        (desiredState.encryptionConfig ?? '') === '' ? 'not encrypted in etcd' : 'encrypted in etcd',
      ],
    ]),
    formatTable(['NODE', 'NAME', 'ROLES'], nodes),
    formatTable(['CERTIFICATE', 'SUBJECT', 'EXPIRES', 'SHA-256'], certificates),
  ].join('');
}

function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${formatColumns([header, ...rows])}`;
}
