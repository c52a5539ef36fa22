import { describe, expect, it } from 'vitest';
import { bannedWords } from './glossary.js';
import { userStringsOf } from './user-strings.js';

describe('userStringsOf', () => {
  it('finds strings and templates with their lines, and joins the parts of a template', () => {
    const text = "const a = 'not found';\nconst b = `host ${a} is down`;\nconst c = `no parts`;";
    expect(userStringsOf('a.ts', text)).toEqual([
      { line: 1, text: 'not found' },
      { line: 2, text: 'host … is down' },
      { line: 3, text: 'no parts' },
    ]);
  });

  it('finds strings inside the expressions of a template', () => {
    expect(userStringsOf('a.ts', "const b = `${ok ? 'all is well' : 'it failed'}`;")).toMatchObject([
      { text: 'all is well' },
      { text: 'it failed' },
    ]);
  });

  it('leaves out imports, keys, types, comments and single words', () => {
    const text = `
      import x from 'a b';
      export * from 'c d';
      /** 'e f' */
      type T = 'g h';
      const o = { 'i j': 1 };
      const kind = o['k l'] ?? 'authority';
    `;
    expect(userStringsOf('a.ts', text)).toEqual([]);
  });
});

describe('bannedWords', () => {
  it.each([
    'docker logs etcd tells more',
    'the certificate authority and an authority of your own',
    'the folder is empty',
    'an etcd of one’s own for the cluster',
    '"x" is no CIDR',
    'a whole number is expected',
    'the host holds the role etcd',
    'the key stands in cluster.yml',
    'used only where it is set',
  ])('refuses "%s"', (text) => {
    expect(bannedWords(text)).not.toEqual([]);
  });

  it.each([
    'there is no API server, and etcd is no longer healthy',
    'certificate-authority-data of the kubeconfig',
    'CA stands for certificate authority; postgres is a stand-in',
    'the host that runs etcd has the role etcd',
    'the API server of their own host',
    'a directory where nothing is mounted',
    'put the files into the vSphere folder, and set `folder` for S3',
    'intelligence, tellurium, amendment, foothold',
  ])('accepts "%s"', (text) => {
    expect(bannedWords(text)).toEqual([]);
  });
});
