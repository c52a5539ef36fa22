import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { countSshConnections } from './lab-probes.js';
import { RkeFolder, type RkeRun } from './rke.js';
import { findSecret, keyNeedles } from './secrets.js';

interface Event {
  readonly type: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

/** Two runs with NDJSON output: the first while a worker is powered off, the second with it. */
describe('a worker that is powered off', () => {
  let lab: Lab;
  let main: LabNode;
  let absent: LabNode;
  let folder: RkeFolder;
  const runs: RkeRun[] = [];
  const connections: number[] = [];

  const up = async (): Promise<RkeRun> => {
    const run = await folder.rke(['up', '--log-format', 'json', '--debug']);
    runs.push(run);
    return run;
  };

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'main' }, { hostname: 'absent' }] });
    [main, absent] = lab.nodes as [LabNode, LabNode];
    const roles = (node: LabNode) =>
      node === main ? (['controlplane', 'etcd', 'worker'] as const) : (['worker'] as const);
    folder = await RkeFolder.create(clusterYml(lab, { roles }));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is reported, and the run completes on all other hosts', async () => {
    await absent.stop();
    const count = await countSshConnections(main);
    const { code, stderr } = await up();
    connections.push(await count());
    expect(code, stderr).toBe(9);
    expect(stderr).toContain(absent.address);
    const kubectl = await kubectlOn(main, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/^main +Ready [^\n]*$/);
  });

  it('is completed by the next run when it is back', async () => {
    await absent.start();
    const count = await countSshConnections(absent);
    const { code, stderr } = await up();
    connections.push(await count());
    expect(code, stderr).toBe(0);
    const kubectl = await kubectlOn(main, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/^absent +Ready .*\nmain +Ready /);
  });

  it('gets one SSH connection per run, the same as every host', () => {
    expect(connections).toEqual([1, 1]);
  });

  it('leads to output in which every line is an event', () => {
    const events = runs.map(({ stderr }) =>
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Event),
    );
    for (const [index, told] of events.entries()) {
      expect(runs[index]?.stdout).toBe('');
      for (const { type, time } of told) expect([type, new Date(time).toISOString()]).toEqual([type, time]);
      expect(told[0]?.type).toBe('run-started');
      expect(told.at(-1)?.type).toBe('run-finished');
    }
    expect(events[0]?.find(({ type }) => type === 'host-unreachable')).toMatchObject({
      host: absent.address,
      error: { code: 'SSH_UNREACHABLE' },
    });
    expect(events[0]?.at(-1)).toMatchObject({ outcome: 'failed', failed: 1 });
    expect(events[1]?.at(-1)).toMatchObject({ outcome: 'done', failed: 0 });
  });

  it('leaks no key in output, log files, containers or their logs', async () => {
    const needles = keyNeedles(await readFile(folder.file('cluster.rkestate'), 'utf8'));
    // The needles find what they are meant to find.
    expect(needles.length).toBeGreaterThan(1000);
    expect(findSecret(await readFile(folder.file('kube_config_cluster.yml'), 'utf8'), needles)).toBeDefined();
    const texts = new Map<string, string>();
    for (const [index, { stdout, stderr }] of runs.entries())
      texts.set(`output of run ${index + 1}`, stdout + stderr);
    for (const name of ['cluster.log', 'cluster.log.1'])
      texts.set(name, await readFile(folder.file(name), 'utf8'));
    for (const node of lab.nodes) {
      const ids = (await node.must(['docker', 'ps', '-aq'])).split('\n');
      texts.set(`containers of ${node.hostname}`, await node.must(['docker', 'inspect', ...ids]));
      for (const id of ids) {
        const { stdout, stderr } = await node.exec(['docker', 'logs', id]);
        texts.set(`log of ${id} of ${node.hostname}`, stdout + stderr);
      }
      texts.set(`Docker's log of ${node.hostname}`, await node.must(['cat', '/var/log/docker.log']));
    }
    expect(texts.size).toBeGreaterThan(20);
    for (const [where, text] of texts) {
      expect(findSecret(text, needles), where).toBeUndefined();
    }
  });
});
