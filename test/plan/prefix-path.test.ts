import { describe, expect, it } from 'vitest';
import { resolvePrefixPath, joinPrefix } from '../../src/plan/prefix-path.js';

describe('resolvePrefixPath', () => {
  it.each([
    ['/', 'Debian GNU/Linux 12 (bookworm)', '/'],
    ['/', 'Flatcar Container Linux by Kinvolk 3815.2.0', '/opt/rke'],
    ['/', 'RancherOS v1.5.8', '/opt/rke'],
    ['/', 'Boot2Docker 19.03.12', '/mnt/sda1/rke'],
    ['/srv/kube', 'Flatcar Container Linux', '/srv/kube'],
    ['/srv/kube/', 'Debian', '/srv/kube'],
    ['//srv//kube/./x/..//', 'Debian', '/srv/kube'],
    ['//', 'Flatcar Container Linux', '/'],
  ])('resolves %s on %s to %s', (configured, system, expected) => {
    expect(resolvePrefixPath(configured, system)).toBe(expected);
  });
});

describe('joinPrefix', () => {
  it('joins without double slashes', () => {
    expect(joinPrefix('/', '/etc/kubernetes')).toBe('/etc/kubernetes');
    expect(joinPrefix('/srv/kube/', '/etc/kubernetes')).toBe('/srv/kube/etc/kubernetes');
  });
});
