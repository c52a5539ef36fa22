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
])('a string in the block of %s', (_name, file, wrong, right) => {
  it.each(wrong)('is refused because the provider would read another value: %j', (text) => {
    const told = found(file(text));
    expect(told).toEqual([expect.stringMatching(/^error 1[01]:\d+ cloud_provider\..*\.(password|user): /)]);
    expect(told[0]).not.toContain(JSON.stringify(text).slice(1, -1));
    expect(errorsOf(foundWhileRunning(file(text)))).toEqual([]);
  });

  it.each(right)('is accepted: %j', (text) => {
    expect(found(file(text))).toEqual([]);
  });
});

describe('a string in the block of azure, whose file is JSON', () => {
  const azure = (secret: string): string =>
    `${base}cloud_provider:\n  name: azure\n  azureCloudProvider:\n    aadClientSecret: ${JSON.stringify(secret)}\n`;

  it.each([String.raw`CORP\svc`, String.raw`a\nb`, 'line1\nline2', 'a\tb', 'a\\'])(
    'is refused because the provider would read another value: %j',
    (text) => {
      const told = found(azure(text));
      expect(told).toEqual([expect.stringMatching(/^error 9:\d+ cloud_provider\..*aadClientSecret: /)]);
      expect(told[0]).not.toContain(JSON.stringify(text).slice(1, -1));
      expect(errorsOf(foundWhileRunning(azure(text)))).toEqual([]);
    },
  );

  it.each(['plain', 'a#b;c', 'p"w', '<a&b>', 'ü', String.raw`CORP\\svc`, String.raw`a\\nb`])(
    'is accepted: %j',
    (text) => {
      expect(found(azure(text))).toEqual([]);
    },
  );
});

describe('a complete custom cloud config', () => {
  const files: readonly (readonly [string, (text: string) => string])[] = [
    ['custom', (text) => `cloud_provider: { name: x, customCloudProvider: ${JSON.stringify(text)} }\n`],
    [
      'harvester',
      (text) =>
        `cloud_provider: { name: harvester, harvesterCloudProvider: { cloud_config: ${JSON.stringify(text)} } }\n`,
    ],
  ];

  it.each(files)('is warned about if the file on the hosts would differ: %s', (_name, file) => {
    for (const text of [String.raw`p = "a\nb"`, String.raw`p = "a\\b"`, String.raw`p = a\\\tb`])
      expect(found(base + file(text))).toEqual([
        expect.stringMatching(/^warning 6:\d+ cloud_provider\..*echo -e/),
      ]);
  });

  it.each(files)('is accepted if it reaches the hosts unchanged: %s', (_name, file) => {
    for (const text of ['[Global]\np = "a#b"\n', String.raw`p = "a\\\\b"`, String.raw`p = "a\"b"`])
      expect(found(base + file(text))).toEqual([]);
  });
});
