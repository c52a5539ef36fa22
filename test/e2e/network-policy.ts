import { expect, vi } from 'vitest';
import type { Kubectl } from './kubectl.js';
import { fetchFrom, type WebPod } from './web-pods.js';

/** Nobody reaches the pods of `web`, except from pods with the label `access: granted`. */
const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guarded }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ podSelector: { matchLabels: { access: granted } } }] }]
`;

/** Applies a policy that blocks the pods from each other, then gives one of them access. The policy stays. */
export async function expectPolicyWorks(kubectl: Kubectl, pods: readonly WebPod[]): Promise<void> {
  const [one, two] = pods as [WebPod, WebPod];
  await kubectl(['apply', '-f', '-'], policy);
  await expectGuarded(kubectl, pods);
  await kubectl(['label', 'pod', one.name, 'access=granted']);
  await vi.waitFor(async () => expect(await fetchFrom(kubectl, one, two)).toBe(`hello from ${two.node}`), {
    timeout: 30_000,
    interval: 500,
  });
  // In the other direction the policy still blocks.
  expect(await fetchFrom(kubectl, two, one)).toBe('blocked');
}

/** Pods without the label do not reach each other, in any direction. */
export async function expectGuarded(kubectl: Kubectl, pods: readonly WebPod[]): Promise<void> {
  const [one, two] = pods as [WebPod, WebPod];
  await vi.waitFor(
    async () => {
      expect(await fetchFrom(kubectl, one, two)).toBe('blocked');
      expect(await fetchFrom(kubectl, two, one)).toBe('blocked');
    },
    { timeout: 30_000, interval: 500 },
  );
}
