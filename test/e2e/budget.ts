import type { Kubectl } from './kubectl.js';

/** Three pods on different nodes as far as there are nodes, of which two must be available at any time. */
export const guardedManifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: { matchLabels: { app: shop } }
      containers:
        - name: shop
          image: rancher/lab-testbox:1
          command: [/bin/sh, -c, "mkdir -p /www && exec httpd -f -p 8080 -h /www"]
          readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: shop } } }
`;

/**
 * Counts the Ready pods of the Deployment all the time.
 *
 * @returns ends it, with the lowest count and the number of looks
 */
export function watchReady(kubectl: Kubectl): () => Promise<{ lowest: number; looks: number }> {
  const seen = { lowest: Number.POSITIVE_INFINITY, looks: 0, isOver: false };
  const watching = (async () => {
    while (!seen.isOver) {
      const text = await kubectl(['get', 'deployment', 'shop', '-o', 'jsonpath={.status.readyReplicas}']);
      seen.lowest = Math.min(seen.lowest, Number(text === '' ? '0' : text));
      seen.looks += 1;
    }
  })();
  return async () => {
    seen.isOver = true;
    await watching;
    return { lowest: seen.lowest, looks: seen.looks };
  };
}

/** Names of the nodes that the Deployment has Ready pods on. */
export async function nodesOfShop(kubectl: Kubectl): Promise<string[]> {
  const text = await kubectl([
    ...['get', 'pods', '-l', 'app=shop', '-o'],
    'jsonpath={range .items[*]}{.spec.nodeName} {end}',
  ]);
  return [...new Set(text.trim().split(' '))].sort();
}
