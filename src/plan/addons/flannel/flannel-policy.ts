import type { KubeObject } from '../../cluster-plan-types.js';

export const flannelPolicyName = 'psp.flannel.unprivileged';

/** Allows the pods of flannel if PodSecurityPolicies are enforced, up to Kubernetes 1.24. */
export function flannelPolicy(allowedCapabilities: readonly string[]): KubeObject {
  const any = { rule: 'RunAsAny' };
  const seccomp = 'seccomp.security.alpha.kubernetes.io';
  const appArmor = 'apparmor.security.beta.kubernetes.io';
  return {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {
      name: flannelPolicyName,
      annotations: {
        [`${seccomp}/allowedProfileNames`]: 'docker/default',
        [`${seccomp}/defaultProfileName`]: 'docker/default',
        [`${appArmor}/allowedProfileNames`]: 'runtime/default',
        [`${appArmor}/defaultProfileName`]: 'runtime/default',
      },
    },
    spec: {
      privileged: false,
      volumes: ['configMap', 'secret', 'emptyDir', 'hostPath'],
      allowedHostPaths: ['/etc/cni/net.d', '/etc/kube-flannel', '/run/flannel'].map((pathPrefix) => ({
        pathPrefix,
      })),
      readOnlyRootFilesystem: false,
      runAsUser: any,
      supplementalGroups: any,
      fsGroup: any,
      allowPrivilegeEscalation: false,
      defaultAllowPrivilegeEscalation: false,
      allowedCapabilities,
      defaultAddCapabilities: [],
      requiredDropCapabilities: [],
      hostPID: false,
      hostIPC: false,
      hostNetwork: true,
      hostPorts: [{ min: 0, max: 65535 }],
      seLinux: any,
    },
  };
}
