import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

const openstack = (password: string): string =>
  `${base}cloud_provider:\n  name: openstack\n  openstackCloudProvider:\n    global:\n      password: ${JSON.stringify(password)}\n`;
const vsphere = (user: string): string =>
  `${base}cloud_provider:\n  name: vsphere\n  vsphereCloudProvider:\n    virtual_center:\n      vc.example.org:\n        user: ${JSON.stringify(user)}\n`;

describe.each<[string, (text: string) => string, readonly string[], readonly string[]]>([
  [
    'openstack',
    openstack,
    ['ab#cd;ef', 'a;b', String.raw`a\b`, 'p"w', 'line1\n', 'a\nb'],
    ['plain', 'a b', ' a', '"ab#cd;ef"', String.raw`"a\\\\b"`, String.raw`"p\"w"`, 'a`b'],
  ],
  [
    'vsphere',
    vsphere,
    [String.raw`CORP\svc`, String.raw`CORP\new`, String.raw`CORP\\svc`, String.raw`CORP\\new`, 'p"w', 'a\nb'],
    ['ab#cd;ef', 'a b', String.raw`CORP\\\\svc`, String.raw`CORP\\\\new`, String.raw`p\"w`],
  ],
])('a text of %s', (_name, file, wrong, right) => {
  it.each(wrong)('%j would be read as something else', (text) => {
    const told = found(file(text));
    expect(told).toEqual([expect.stringMatching(/^error 1[01]:\d+ cloud_provider\..*\.(password|user): /)]);
    expect(told[0]).not.toContain(JSON.stringify(text).slice(1, -1));
    expect(errorsOf(foundWhileRunning(file(text)))).toEqual([]);
  });

  it.each(right)('%j arrives', (text) => {
    expect(found(file(text))).toEqual([]);
  });
});
