import { describe, expect, it } from 'vitest';
import { judge, node } from '../judge.js';
import { found } from './found.js';

describe('the network plugin weave', () => {
  const weave = (more: string): string =>
    `nodes: [${node()}]\nkubernetes_version: v1.26.15-rancher1-1\nnetwork: { plugin: weave${more} }\ningress: { provider: none }\n`;

  it('is accepted up to Kubernetes 1.29, with its password', () => {
    expect(judge(weave(', weave_network_provider: { password: secret }'))).toEqual([]);
  });

  it('is refused with Kubernetes before 1.16 in a new cluster', () => {
    expect(found(weave('').replace('v1.26.15-rancher1-1', 'v1.15.12-rancher2-7'))).toContainEqual(
      expect.stringMatching(
        /^error 3:\d+ network\.plugin: weave is not yet supported with Kubernetes v1\.15\.12/,
      ),
    );
  });

  it('warns of an update strategy that has no effect', () => {
    const strategy = (name: string): string[] => judge(weave(`, update_strategy: { strategy: ${name} }`));
    expect(strategy('RollingUpdate')).toEqual([]);
    expect(strategy('OnDelete')).toEqual([
      expect.stringMatching(
        /^warning 3 network\.update_strategy\.strategy: OnDelete has no effect with weave/,
      ),
    ]);
  });
});

describe('the numbers of flannel', () => {
  const flannel = (port: string): string =>
    `nodes: [${node()}]\nnetwork: { plugin: flannel, options: { flannel_backend_port: ${port} } }\ningress: { provider: none }\n`;

  it('have their defaults if an option is empty', () => {
    expect(found(flannel('""'))).toEqual([]);
  });

  it('are refused if they are not integers', () => {
    expect(found(flannel('0x1000'))).toContainEqual(
      expect.stringMatching(/^error .*flannel_backend_port: expected an integer, got "0x1000"$/),
    );
  });
});
