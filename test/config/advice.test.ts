import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadCluster } from '../../src/config/validate.js';
import { differenceKeys } from '../../src/config/rules/running/differences.js';
import { ruleOf } from '../../src/config/rules/running/judge-changes.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { ownAddonVectors } from '../plan/addons/addon-vector.js';
import { ownVectors, vectorNames } from '../plan/vector.js';

const catalog = await loadCatalog();

/** Keys that can be changed on a running cluster, with consequences that no advice must bring about. */
const sensitive = ['authorization.mode', 'dns.provider', 'ingress.provider', 'network.plugin'];

/** The key of the schema of a path in the file: `nodes[].address` of `nodes[0].address`. */
function keyOf(path: string): string | undefined {
  const plain = path.replaceAll(/\[\d+\]/g, '[]').replace(/\[\]$/, '');
  return differenceKeys().find((key) => plain === key || plain.startsWith(`${key}.`));
}

function isFixed(path: string): boolean {
  const key = keyOf(path);
  return (
    key !== undefined && (sensitive.includes(key) || ['refused', 'depends'].includes(ruleOf(key).verdict))
  );
}

/** What a message tells users to do: the clauses after its first semicolon that begin with an imperative. */
function adviceOf(message: string): string[] {
  const imperative = /^(or |then )?(set|use|write|add|remove|choose|change|replace|switch|put) /;
  return message
    .split(/; |, or /)
    .slice(1)
    .filter((clause) => imperative.test(clause));
}

/** Advice that keeps what runs, or that is refused before anything is changed. */
const harmless: readonly RegExp[] = [
  // Members are never added or removed by it: that is refused.
  /^use an odd number$/,
  // The key that encrypts objects now is required in the list.
  /^create a secret/,
];

interface Found {
  readonly path: string;
  readonly message: string;
}

/** Everything that is said about a file of a cluster that runs with that very file. */
function foundWhileRunning(folder: string, name: string): readonly Found[] {
  const text = readFileSync(`${folder}/${name}.yml`, 'utf8');
  const flags = { catalog, allowUnknown: true, allowDuplicateKeys: true, allowImageMismatch: true };
  const first = loadCluster(text, flags);
  if (!first.ok) return [];
  const states = { running: first.value, begun: first.value };
  const again = loadCluster(text, { ...flags, forChange: true, ...states });
  return again.ok ? again.warnings : again.diagnostics;
}

describe('no message about a running cluster advises to change what cannot be changed', () => {
  const files = [ownVectors, ownAddonVectors].flatMap((folder) =>
    vectorNames(folder).map((name) => [name, folder] as const),
  );

  it.each(files)('%s', (name, folder) => {
    const bad = foundWhileRunning(folder, name).flatMap(({ path, message }) =>
      isFixed(path) && !/in a new cluster|did you mean|duplicate key/.test(message)
        ? adviceOf(message)
            .filter((advice) => !harmless.some((known) => known.test(advice)))
            .map((advice) => `${path}: ${advice}`)
        : [],
    );
    expect(bad).toEqual([]);
  });
});

describe('a message about a choice that nobody wrote', () => {
  const node = (more = ''): string =>
    `nodes: [{address: ${more === '' ? '10.0.0.1' : more}, user: ops, role: [etcd, controlplane, worker]}]\n`;
  const said = (text: string): string =>
    ((loaded) => (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ message }) => message).join('\n'))(
      loadCluster(text, { catalog, forChange: true }),
    );
  const version = 'kubernetes_version: v1.30.4-rancher1-1\n';
  const range = 'services: {kube-controller: {cluster_cidr: "10.42.0.0/16,fd00::/56"}}\n';

  it.each([
    ['one IP family', `${node()}${version}${range}`, 'canal (default of RKE v1) supports one IP family only'],
    ['IPv4', `${node('"fd00::1"')}${version}`, 'canal (default of RKE v1) supports IPv4 only'],
    [
      'RBAC',
      `${node()}${version}authorization: {mode: none}\n`,
      'ingress-nginx (default of RKE v1) does not start',
    ],
    ['the end of ingress-nginx', `${node()}${version}`, 'ingress-nginx (default of RKE v1)'],
    ['images', `${node()}kubernetes_version: v1.10.5-rancher1-1\n`, '(which RKE v1 deploys by default)'],
  ])('names the default (%s)', (_, text, expected) => {
    expect(said(text)).toContain(expected);
  });

  it('does not call a default what the file sets', () => {
    const chosen = `${node()}${version}${range}network: {plugin: canal}\ningress: {provider: none}\n`;
    expect(said(chosen)).toContain('canal supports one IP family only');
  });
});
