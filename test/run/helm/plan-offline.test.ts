import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planOffline } from '../../../src/commands/plan/plan-offline.js';
import { recordingSink } from '../../fakes/recording-sink.js';
import { chartFixture, fakeHelm } from './fake-helm.js';

it('rke plan --offline renders charts of this machine with the helm that it is given', async () => {
  const { program } = await fakeHelm("printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: demo}\\n'");
  const configPath = join(await mkdtemp(join(tmpdir(), 'rke-plan-')), 'cluster.yml');
  await writeFile(
    configPath,
    `nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]
kubernetes_version: v1.30.4-rancher1-1
network: { plugin: flannel }
ingress: { provider: none }
addons_helm: [{ name: demo, namespace: team-a, path: ${chartFixture} }]
`,
  );
  const events = recordingSink();
  const { signal } = new AbortController();
  const plan = await planOffline({ configPath, events, signal, helm: { program } });
  expect(events.events).toEqual([]);
  expect(plan.addons.at(-1)).toMatchObject({
    name: 'helm.team-a.demo',
    objects: ['ConfigMap/team-a/demo'],
  });
});
