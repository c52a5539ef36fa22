import { expect, vi } from 'vitest';
import type { Kubectl } from './kubectl.js';

/** Waits until nodes and the pods of kube-system have reported that they run since then: their status in the snapshot is old. */
export async function settled(kubectl: Kubectl, nodeCount: number, since: Date): Promise<void> {
  await vi.waitFor(
    async () => {
      const { items: nodes } = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as NodeList;
      const ready = nodes.flatMap(({ status }) =>
        status.conditions.filter(
          ({ type, status, lastHeartbeatTime }) =>
            type === 'Ready' && status === 'True' && new Date(lastHeartbeatTime) > since,
        ),
      );
      expect(ready).toHaveLength(nodeCount);
      const { items: pods } = JSON.parse(
        await kubectl(['get', 'pods', '-n', 'kube-system', '-o', 'json']),
      ) as PodList;
      for (const { metadata, status } of pods) {
        if (status.phase === 'Succeeded') continue;
        for (const { ready, state } of status.containerStatuses ?? [{ ready: false, state: {} }]) {
          expect(ready, metadata.name).toBe(true);
          expect(new Date(state.running?.startedAt ?? 0) > since, metadata.name).toBe(true);
        }
      }
    },
    { timeout: 300_000, interval: 1000 },
  );
  for (const kind of ['deployment', 'daemonset']) {
    const names = (await kubectl(['get', kind, '-n', 'kube-system', '-o', 'name'])).split('\n');
    for (const name of names)
      await kubectl(['rollout', 'status', '-n', 'kube-system', name, '--timeout=120s']);
  }
}

interface NodeList {
  readonly items: readonly {
    readonly status: {
      readonly conditions: readonly {
        readonly type: string;
        readonly status: string;
        readonly lastHeartbeatTime: string;
      }[];
    };
  }[];
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: {
      readonly phase: string;
      readonly containerStatuses?: readonly {
        readonly ready: boolean;
        readonly state: { readonly running?: { readonly startedAt: string } };
      }[];
    };
  }[];
}
