import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import type { Ran } from '../cli/run.js';
import { useWatchedFarm } from './farm-cluster.js';

const farm = useWatchedFarm();

const otherKubelet = (node: NodePlan): NodePlan => ({
  ...node,
  containers: node.containers.map((one) =>
    one.name === 'kubelet' ? { ...one, entrypoint: ['other'] } : one,
  ),
});

const hooksOf = (program: string): string => `hooks:
  - name: leave the load balancer
    when: before
    for: node
    stage: worker
    run: [sh, -c, '${program}']
  - { name: report, when: after, for: stage, stage: worker, url: 'https://127.0.0.1:1/x?token=abc' }
`;

async function inFolder(...path: string[]): Promise<string> {
  return join((await farm.cluster()).folder, ...path);
}

async function withHooks(text: string, ...argv: string[]): Promise<Ran> {
  await writeFile(await inFolder('hooks.yml'), text);
  return farm.rke([...argv, '--hooks', 'hooks.yml']);
}

beforeEach(async () => rm(await inFolder('called'), { force: true }));
const called = async (): Promise<string> => readFile(await inFolder('called'), 'utf8');

describe('rke plan --hooks', () => {
  it('shows where hooks run, as text and as JSON, and runs none', async () => {
    farm.onHost = otherKubelet;
    const text = hooksOf('cat >> called');
    const { code, stdout, stderr } = await withHooks(text, 'plan');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/4 hooks to run/);
    expect(stdout).toContain(
      '~ run hook leave the load balancer   run: + sh -c cat >> called   before stage worker of the node',
    );
    expect(stdout).toContain('~ run hook report   url: + https://127.0.0.1:1/x   after stage worker');
    expect(stdout).toContain('Apply with: rke up and the same --hooks ');
    const { nodes, clusterChanges, counts } = JSON.parse(
      (await withHooks(text, 'plan', '-o', 'json')).stdout,
    ) as RunPlan;
    expect(counts.run).toBe(4);
    expect(clusterChanges.map(({ id }) => id)).toContain('hook:report');
    for (const { changes } of nodes) {
      const kinds = changes.map(({ kind }) => kind);
      expect(kinds.indexOf('run-hook')).toBeLessThan(kinds.indexOf('replace-container'));
      expect(kinds).toContain('run-hook');
    }
    expect((await withHooks(text, 'up', '--dry-run')).stdout).toMatch(/4 hooks to run/);
    await expect(called()).rejects.toThrow('ENOENT');
  });

  it('shows none if nothing differs', async () => {
    const { stdout } = await withHooks(hooksOf('true'), 'plan');
    expect(stdout).toContain('only the copy of the state differs');
    expect(stdout).not.toContain('hook');
  });

  it.each([
    ['unchanged', (text: string) => text, undefined],
    [
      'with another time limit',
      (text: string) => `${text.trimEnd().slice(0, -1)}, timeout: 5m }\n`,
      undefined,
    ],
    ['with another program', (text: string) => text.replace('exit 9', 'exit 8'), 'different: run hook leave'],
    ['without a hook', (text: string) => text.replace(/ {2}- \{.*\n/, ''), 'no longer: run hook report'],
  ])('saves them: a file that is %s', async (_what, change, difference) => {
    farm.onHost = otherKubelet;
    const text = hooksOf('exit 9');
    expect((await withHooks(text, 'plan', '--out', 'plan.json')).code).toBe(0);
    const { code, stderr } = await withHooks(change(text), 'up', '--plan', 'plan.json');
    // The plan is the same, so the first hook runs, and fails.
    if (difference === undefined) expect(stderr).toContain('exit code 9 (hook leave the load balancer)');
    else expect(stderr).toContain(difference);
    expect(code, stderr).toBe(difference === undefined ? 11 : 2);
  });
});

describe('rke up --hooks', () => {
  it('stops a node before anything is done to it if its hook fails, with the end of its output and exit code 11', async () => {
    farm.onHost = otherKubelet;
    const program = 'cat >> called; echo "password: hunter2" >&2; echo the pool is full >&2; exit 3';
    const { code, stderr } = await withHooks(hooksOf(program), 'up');
    expect(code, stderr).toBe(11);
    expect(stderr).toContain('sh ended with exit code 3 (hook leave the load balancer)');
    expect(stderr).toContain('the pool is full');
    expect(stderr).not.toContain('hunter2');
    expect(await readFile(await inFolder('cluster.log'), 'utf8')).not.toContain('hunter2');
    expect(farm.requests.filter((one) => /rename|\/stop|containers\/create/.test(one))).toEqual([]);
    const [json = ''] = (await called()).split('\n');
    expect(JSON.parse(json)).toMatchObject({
      ...{ schemaVersion: 1, hook: 'leave the load balancer', when: 'before', command: 'rke up' },
      ...{ stage: 'worker', result: null, node: { change: 'change' } },
    });
  });

  it('reports all errors of the file with their places before a host is contacted', async () => {
    const text = `hooks:\n  - when: before\n    for: node\n    nodes: [node-7]\n    url: https://a.example\n    header_file: gone\n  - { when: before, for: node, run: [./gone.sh] }\n  - { when: after, for: node, run: [./hooks.yml] }\n`;
    const { code, stderr } = await withHooks(text, 'up');
    expect(code).toBe(3);
    expect(stderr).toContain(
      'hooks.yml:4:13  error  hooks[0].nodes[0]: cluster.yml has no node node-7; did you mean',
    );
    expect(stderr).toContain(
      'hooks.yml:6:18  error  hooks[0].header_file: cannot read gone: no such file or directory',
    );
    expect(stderr).toContain('hooks.yml:7:37  error  hooks[1].run: cannot start ./gone.sh: no such file');
    expect(stderr).toContain('hooks.yml:8:36  error  hooks[2].run: cannot start ./hooks.yml: not executable');
    expect(stderr).toContain('4 errors. Nothing was contacted or changed.');
    expect(farm.requests).toEqual([]);
  });

  it.each(['up', 'plan', 'remove'])('%s refuses a file that does not exist', async (command) => {
    const { code, stderr } = await farm.rke([command, '--hooks', 'gone.yml']);
    expect(code).toBe(2);
    expect(stderr).toContain('gone.yml: no such file or directory');
  });
});
