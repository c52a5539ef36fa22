import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

/** A value that RKE v1 accepted, in a block that a test can place anywhere. */
const twoBinds = `${base}services: { kubelet: { extra_binds: ["/a:/x", "/b:/x/"] } }\n`;

describe('a value that RKE v1 accepted and that cannot work', () => {
  it('is an error for rke up, rke config validate and rke plan', () => {
    expect(errorsOf(found(twoBinds))).toHaveLength(1);
    expect(found(twoBinds, { forChange: false, inFull: true })).toEqual(found(twoBinds));
  });

  it('is a warning if the file is only read, so that rke remove works', () => {
    expect(found(twoBinds, { forChange: false })).toEqual([
      expect.stringMatching(/^warning 6:\d+ services\.kubelet\.extra_binds\[1\]: /),
    ]);
  });

  it('is a warning if the cluster already runs with it', () => {
    expect(foundWhileRunning(twoBinds)).toEqual([
      expect.stringMatching(/^warning 6:\d+ services\.kubelet\.extra_binds\[1\]: /),
    ]);
  });

  it('is a warning if the cluster runs with it at another place of the list', () => {
    const moved = twoBinds.replace('["/a', '["/srv/new:/new", "/a');
    expect(errorsOf(foundWhileRunning(moved, twoBinds))).toEqual([]);
  });

  it('is an error if the cluster runs with something else', () => {
    expect(errorsOf(foundWhileRunning(twoBinds, base))).toHaveLength(1);
    expect(errorsOf(foundWhileRunning(twoBinds, twoBinds.replace('/x/', '/y')))).toHaveLength(1);
  });

  it('is judged with the state of an older release, with nulls and without newer keys', () => {
    const kubernetesVersion = 'v1.30.4-rancher1-1';
    const running = {
      kubernetesVersion,
      services: { etcd: {}, kubelet: { extraBinds: null } },
      nodes: null,
      addons: null,
    };
    expect(errorsOf(found(twoBinds, { running: running as never }))).toHaveLength(1);
  });
});
