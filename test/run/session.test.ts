import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/run/session.js';

describe('the flag --ssh-agent-auth', () => {
  it('applies to every host and to the bastion host', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rke-session-'));
    const configPath = join(folder, 'cluster.yml');
    await writeFile(
      configPath,
      `nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]
bastion_host: { address: 10.0.0.2, user: ops }
`,
    );
    const { signal } = new AbortController();
    const options = { configPath, signal, events: { emit: () => undefined }, concurrency: 1, reading: {} };
    const { spec } = await openSession({ ...options, sshAgentAuth: true }, { forChange: false });
    await rm(folder, { recursive: true });
    expect([...spec.nodes, spec.bastionHost].map((host) => host?.sshAgentAuth)).toEqual([true, true]);
  });
});
