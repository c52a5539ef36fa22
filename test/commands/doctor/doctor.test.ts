import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DoctorReport } from '../../../src/commands/doctor/doctor-report.js';
import { useWatchedFarm } from '../farm-cluster.js';

const watched = useWatchedFarm();
const { cluster, rke, requests } = watched;

const reportOf = (stdout: string): DoctorReport => JSON.parse(stdout) as DoctorReport;
const linesOf = ({ findings }: DoctorReport): string[] =>
  findings.map(({ part, severity, host, message }) => `${severity} ${part} ${host ?? '-'} ${message}`);

it('a cluster that is well has no findings, with exit code 0, and nothing is changed', async () => {
  const { code, stdout, stderr } = await rke(['doctor']);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe('cluster local · 3 hosts · nothing found\n\nok: node-0, node-1, node-2\n');
  expect(requests.filter((request) => !/^(docker|kube) (GET|HEAD) /.test(request))).toEqual([]);
});

it('a component that is stopped is a finding on its host, with exit code 10', async () => {
  watched.onHost = (node) => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name === 'kube-proxy' && node.node.hostnameOverride === 'node-1' ? { ...one, started: false } : one,
    ),
  });
  const { code, stdout } = await rke(['doctor', '-o', 'json']);
  expect(code).toBe(10);
  const report = reportOf(stdout);
  expect(linesOf(report)).toEqual([
    'error containers 127.20.0.1 container kube-proxy is stopped (exit code 0)',
  ]);
  expect(report.findings[0]).toMatchObject({
    why: expect.stringMatching(/component/) as string,
    fix: 'check `rke logs kube-proxy --node node-1`; `rke up` repairs it',
  });
  expect(report.hosts.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'node-0 ok',
    'node-1 error',
    'node-2 ok',
  ]);
});

it('a change that rke up would make is no finding, and one that it refuses is', async () => {
  const { folder, clusterYml } = await cluster();
  const file = join(folder, 'cluster.yml');
  await writeFile(
    file,
    clusterYml.replace('services: {', 'services: { scheduler: { extra_args: { v: "4" } },'),
  );
  expect((await rke(['doctor'])).code).toBe(0);
  await writeFile(file, clusterYml.replace('v1.30.4-rancher1-1', 'v1.28.9-rancher1-1'));
  const { code, stdout } = await rke(['doctor', '-o', 'json']);
  expect(code).toBe(10);
  expect(linesOf(reportOf(stdout)).join('\n')).toMatch(/^error pending - rke up would stop: /m);
});

it('--nodes examines only these hosts, and contacts no other', async () => {
  const { farm } = await cluster();
  for (const host of farm.hosts.values()) host.takeCounts();
  const { code, stdout } = await rke(['doctor', '--nodes', 'node-1', '-o', 'json']);
  expect(code, stdout).toBe(0);
  expect(reportOf(stdout).hosts).toEqual([{ address: '127.20.0.1', name: 'node-1', status: 'ok' }]);
  expect([...farm.hosts.values()].map((host) => host.takeCounts().connections)).toEqual([0, 1, 0]);
  expect((await rke(['doctor', '--nodes', 'nodee-1'])).stderr).toContain('did you mean "node-1"');
});

it('hosts of a cluster whose state is missing are a finding', async () => {
  const { folder } = await cluster();
  await copyFile(join(folder, 'cluster.yml'), join(folder, 'lost.yml'));
  const { code, stdout } = await rke(['doctor', '-c', 'lost.yml']);
  await rm(join(folder, 'lost.yml'));
  expect(code).toBe(10);
  expect(stdout).toContain('✗ state on node-0 (127.20.0.0), node-1 (127.20.0.1), node-2 (127.20.0.2): ');
  expect(stdout).toContain('rebuild the state with `rke state recover`');
});

it('a state that cannot be read is a finding, and the hosts are examined all the same', async () => {
  const { folder } = await cluster();
  await copyFile(join(folder, 'cluster.yml'), join(folder, 'torn.yml'));
  await writeFile(join(folder, 'torn.rkestate'), '{"desiredState": {');
  const { code, stdout } = await rke(['doctor', '-c', 'torn.yml', '-o', 'json']);
  await rm(join(folder, 'torn.yml'));
  await rm(join(folder, 'torn.rkestate'));
  expect(code).toBe(10);
  const report = reportOf(stdout);
  expect(report.findings.map(({ code: error }) => error)).toEqual(['STATE_TRUNCATED']);
  expect(report.hosts.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
});

it.each([['doctor'], ['status']])('a host that runs Windows does not stop rke %s', async (command) => {
  watched.onHost = (node) =>
    node.node.hostnameOverride === 'node-1' ? Object.assign({ osType: 'windows' }, node) : node;
  const { code, stdout, stderr } = await rke([command]);
  expect(code, stderr).toBe(10);
  expect(stdout).toContain('the host runs Windows, and rke supports only Linux hosts');
  expect(stdout).toMatch(/node-0/);
  expect(stdout).toMatch(/node-2/);
});
