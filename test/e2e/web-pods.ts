import { expect } from 'vitest';
import type { Kubectl } from './kubectl.js';
import { webManifest } from './workload.js';

/** A pod of the DaemonSet `web` (workload.ts). */
export interface WebPod {
  readonly name: string;
  readonly node: string;
  readonly ip: string;
}

/** Creates a web server on every node, and a Service for them. */
export async function startWeb(kubectl: Kubectl): Promise<void> {
  await kubectl(['apply', '-f', '-'], webManifest);
  await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
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

/** Every pod resolves the name of the Service, and gets an answer from it. */
export async function expectServiceByName(kubectl: Kubectl, pods: readonly WebPod[]): Promise<void> {
  for (const { name } of pods)
    expect(await kubectl(['exec', name, '--', 'wget', '-qO-', 'http://web'])).toMatch(/^hello from /);
}
