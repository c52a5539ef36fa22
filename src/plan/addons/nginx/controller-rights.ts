import type { ClusterSpec, IngressSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import { systemImage } from '../system-image.js';
import { controllerVersion } from './controller-version.js';
import type { NginxRevision } from './nginx-revisions.js';

/** How clients reach the controller, whatever the file says if the revision does not ask. */
export function networkModeOf(
  { networkMode }: IngressSpec,
  { isBasic }: NginxRevision,
): IngressSpec['networkMode'] {
  return isBasic ? 'hostNetwork' : networkMode;
}

/** As which user the controller runs, and what it may do on its host. */
export function controllerSecurity(spec: ClusterSpec, revision: NginxRevision): Fields {
  const { generation, isBasic } = revision;
  if (isRoot(spec, revision)) return {};
  return {
    securityContext: {
      ...(networkModeOf(spec.ingress, revision) === 'none'
        ? {}
        : { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
      runAsUser: isBasic ? 33 : 101,
      ...(generation === 1 ? {} : { allowPrivilegeEscalation: true }),
    },
  };
}

/** The init container that raises limits of the host for a controller of root. */
export function initContainers(spec: ClusterSpec, revision: NginxRevision): Fields {
  if (!isRoot(spec, revision)) return {};
  const settings = ['net.core.somaxconn=32768', 'net.ipv4.ip_local_port_range="1024 65535"'];
  return {
    initContainers: [
      {
        name: 'sysctl',
        image: systemImage(spec, 'alpine'),
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', settings.map((setting) => `sysctl -w ${setting}`).join('; ')],
        securityContext: { privileged: true },
      },
    ],
  };
}

/** True for controllers before 0.16, in a manifest that knows them. Versions are compared as text, the same as in RKE. */
function isRoot({ systemImages }: ClusterSpec, { isBasic }: NginxRevision): boolean {
  const version = controllerVersion(systemImages['ingress'] ?? '');
  return isBasic && version !== undefined && version < '0.16.0';
}
