/** The component that elects a leader, and its Lease. */
export const name = 'kube-controller-manager';
export const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'kube-system',
  name,
} as const;
