import { expect, vi } from 'vitest';
import type { Kubectl } from './kubectl.js';

/** A pod of the DaemonSet `web` (workload.ts). */
export interface WebPod {
  readonly name: string;
  readonly node: string;
  readonly ip: string;
}

/** The running pods of the DaemonSet, by node. */
export async function webPods(kubectl: Kubectl): Promise<WebPod[]> {
  const { items } = JSON.parse(await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'json'])) as {
    items: { metadata: { name: string }; spec: { nodeName: string }; status: { podIP: string } }[];
  };
  return items
    .map(({ metadata, spec, status }) => ({ name: metadata.name, node: spec.nodeName, ip: status.podIP }))
    .sort((one, other) => one.node.localeCompare(other.node));
}

/** What a pod gets from another over the network; `blocked` if nothing answers within two seconds. */
export async function fetchFrom(kubectl: Kubectl, from: WebPod, to: WebPod): Promise<string> {
  const get = `timeout 2 wget -qO- http://${to.ip}:8080 || echo blocked`;
  return (await kubectl(['exec', from.name, '--', 'sh', '-c', get])).trim();
}

/** Every pod reaches every other one, on its own node and on others. */
export async function expectAllReach(kubectl: Kubectl, pods: readonly WebPod[]): Promise<void> {
  for (const from of pods)
    for (const to of pods)
      expect(await fetchFrom(kubectl, from, to), `${from.node} to ${to.node}`).toBe(`hello from ${to.node}`);
}

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
