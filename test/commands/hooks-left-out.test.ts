import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ran } from '../cli/run.js';
import { useFarm } from './farm-cluster.js';

/** Three nodes with all roles but worker, and the workers node-3 and node-4. */
const farm = useFarm(5, { hasEtcd: true });
/** Both workers change: they get a label. */
const withLabel = (clusterYml: string): string =>
  clusterYml.replaceAll('role: [worker] }', 'role: [worker], labels: { zone: a } }');

/** Each hook records its node in a file, and ends with the exit code. */
const hooksOf = (exitCode: number): string => `hooks:
  - { name: out, when: before, for: node, stage: worker, run: [sh, -c, 'cat > called/$$; exit ${exitCode}'] }
  - { name: in, when: after, for: node, stage: worker, run: [sh, -c, 'cat > called/$$'] }
`;

const inFolder = async (name: string): Promise<string> => join((await farm.cluster()).folder, name);

async function up(exitCode: number, ...flags: readonly string[]): Promise<Ran> {
  await writeFile(await inFolder('hooks.yml'), hooksOf(exitCode));
  return farm.rke(['up', '--hooks', 'hooks.yml', ...flags]);
}

/** The hooks that ran, as `before node-3`. */
async function called(): Promise<string[]> {
  const folder = await inFolder('called');
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts
    .map((text) => JSON.parse(text) as { when: string; node: { name: string } })
    .map(({ when, node }) => `${when} ${node.name}`)
    .sort();
}

beforeEach(async () => {
  await rm(await inFolder('called'), { recursive: true, force: true });
  await mkdir(await inFolder('called'));
  const { folder, clusterYml } = await farm.cluster();
  await writeFile(join(folder, 'cluster.yml'), withLabel(clusterYml));
});

describe('hooks of nodes that a run leaves alone', () => {
  it('run on all nodes that change without them', async () => {
    const { code, stderr } = await up(3);
    expect(code, stderr).toBe(11);
    expect(await called()).toEqual(['before node-3', 'before node-4']);
  });

  it('do not run with --nodes for a node that is not named', async () => {
    const { code, stderr } = await up(3, '--nodes', 'node-4');
    expect(code, stderr).toBe(11);
    expect(await called()).toEqual(['before node-4']);
  });

  it('do not run for a worker that cannot be reached', async () => {
    const file = await inFolder('cluster.yml');
    const text = await readFile(file, 'utf8');
    const closed = text.replace(/(address: 127\.20\.0\.3\b.*?port: )"?\d+"?/s, '$11');
    expect(closed).not.toBe(text);
    await writeFile(file, closed);
    const { code, stderr } = await up(0);
    expect(stderr).toContain('127.20.0.3: SSH connection refused');
    expect(code, stderr).toBe(9);
    expect(await called()).toEqual(['after node-4', 'before node-4']);
  });
});
