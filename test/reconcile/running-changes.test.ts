import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { differences } from '../../src/config/rules/running/differences.js';
import { ruleOf } from '../../src/config/rules/running/judge-changes.js';
import { schemaTypes as z } from '../../src/config/schema/field.js';
import { loadCluster } from '../../src/config/validate.js';
import type { Diagnostic, Result } from '../../src/core/diagnostic.js';
import { isRecord } from '../../src/core/stable.js';
import { listCertificateRequests } from '../../src/pki/required/certificate-requests.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { UserAddon } from '../../src/plan/addons/user/user-addon.js';
import { userAddon } from '../fakes/user-addons.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { planEncryption } from '../../src/run/encryption/encryption-of-run.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { observedFrom, sampleFacts } from '../fakes/cluster.js';
import { placeholderKey } from '../plan/plan-vector.js';
import { flat, schemaKeys, type SchemaKey } from '../tools/schema-keys.js';

const catalog = await loadCatalog();

/** A cluster with a bit of everything, so that each key has something to change. */
const base: Record<string, unknown> = {
  nodes: [
    { address: '10.10.0.11', user: 'ops', role: ['controlplane', 'etcd'] },
    { address: '10.10.0.12', user: 'ops', role: ['worker'] },
  ],
  kubernetes_version: 'v1.30.4-rancher1-1',
  network: { plugin: 'canal' },
  dns: { nodelocal: { ip_address: '169.254.20.9' } },
  ingress: { provider: 'none' },
  cloud_provider: { name: 'external' },
  private_registries: [{ url: 'reg.example.com', user: 'u', password: 'p' }],
  services: {
    'kube-api': {
      audit_log: { enabled: true },
      event_rate_limit: { enabled: true },
      secrets_encryption_config: { enabled: true },
    },
    etcd: {
      backup_config: { interval_hours: 11, s3backupconfig: { endpoint: 's3.example.org', bucket_name: 'b' } },
    },
  },
};

/** Applied keys whose change does not always affect this cluster, with the reason. */
const without: readonly (readonly [key: RegExp, reason: string])[] = [
  [/^system_images\./, 'an image that is not in use in this cluster'],
  [/^services\.etcd\.(ca_cert|cert|key)$/, 'etcd is not external'],
  [/^services\.etcd\.[ug]id$/, 'uid and gid have an effect only together'],
  [/^services\.etcd\.creation$/, 'backup_config overrides it'],
  [/^cloud_provider\.useInstanceMetadataHostname$/, 'the cloud is not AWS'],
  [/^network\.(flannel|calico|weave|aci)_network_provider\./, 'the plugin is canal'],
  [/^dns\.stubdomains$/, 'CoreDNS has none, and a warning says so'],
  [/^network\.options$/, 'canal has no options of the blocks of others'],
  [/^ingress\./, 'there is no ingress controller'],
  [/^upgrade_strategy\.max_unavailable/, 'a value that allows one host changes nothing'],
];

/** Values where the example is the default. */
const values: Readonly<Record<string, unknown>> = {
  'network.mtu': 1400,
  'network.options': { canal_iface: 'eth1' },
  'dns.nodelocal.update_strategy.rollingUpdate.maxUnavailable': 2,
  'dns.nodelocal.node_local_dns_priority_class_name': 'other',
  'dns.options': { coredns_priority_class_name: 'other' },
  'monitoring.metrics_server_priority_class_name': 'other',
};

interface Change {
  readonly key: string;
  readonly value: unknown;
}

/** Every key that has no keys of its own, with the value of its example or another one of its type. */
const changes: readonly Change[] = flat(schemaKeys())
  .filter(({ keys, meta, path }) => keys.length === 0 && meta.retired === undefined && !/<name>/.test(path))
  .map((key) => ({ key: key.path, value: valueOf(key) }));

function valueOf({ name, path, type, meta }: SchemaKey): unknown {
  if (path in values) return values[path];
  if (meta.example !== undefined) return (load(`${name}: ${meta.example}`) as Record<string, unknown>)[name];
  if (type instanceof z.ZodBoolean) return true;
  if (type instanceof z.ZodNumber) return 7;
  if (type instanceof z.ZodArray) return ['one'];
  if (type instanceof z.ZodRecord) return { one: 'two' };
  return 'other';
}

/** A file with a value under a key; of nodes, the last one gets it. */
function withChange(file: Record<string, unknown>, { key, value }: Change): Record<string, unknown> {
  return put(file, key.split('.'), value) as Record<string, unknown>;
}

function put(target: unknown, [part = '', ...rest]: readonly string[], value: unknown): unknown {
  const name = part.replace(/\[\]$/, '');
  const record = isRecord(target) ? target : {};
  const inner = record[name];
  if (!part.endsWith('[]')) return { ...record, [name]: rest.length === 0 ? value : put(inner, rest, value) };
  const list: readonly unknown[] = Array.isArray(inner) ? inner : [];
  return { ...record, [name]: [...list.slice(0, -1), put(list.at(-1), rest, value)] };
}

const read = (file: unknown, running?: ClusterSpec): Result<ClusterSpec> =>
  loadCluster(JSON.stringify(file), { catalog, forChange: true, running, begun: running });

function planOf(spec: ClusterSpec, running: ClusterSpec): ClusterPlan {
  const facts = new Map(spec.nodes.map(({ address }) => [address, sampleFacts]));
  const encryptionConfig = planEncryption(spec, undefined, placeholderKey).text;
  const inputs = { certificates: bundleOf(spec), encryptionConfig, userAddons: userAddonsOf(spec) };
  return planCluster({ spec, catalog }, facts, inputs, running);
}

/** User add-ons as they would be read; each entry of `addons_include` as a Namespace of its own. */
function userAddonsOf({ addons = '', addonsInclude = [] }: ClusterSpec): UserAddon[] {
  const included = addonsInclude.map(
    (_entry, index) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: included-${index}}\n`,
  );
  return [userAddon(addons), userAddon(included.join('---\n'), 'rke-user-includes-addons')].filter(
    ({ objects }) => objects.length > 0,
  );
}

/** Certificates that are others if they are asked for otherwise. */
function bundleOf(spec: ClusterSpec): CertificateBundle {
  const requests = [{ name: 'kube-ca' }, ...listCertificateRequests(spec)];
  return Object.fromEntries(
    requests.map((request) => [
      request.name,
      { name: request.name, certificatePEM: JSON.stringify(request), keyPEM: 'key', config: 'kubeconfig' },
    ]),
  ) as unknown as CertificateBundle;
}

/** A cluster that a file made, as it would be found. */
function runningOf(file: unknown): { readonly running: ClusterSpec; readonly observed: ObservedCluster } {
  const loaded = read(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const running = loaded.value;
  return { running, observed: observedFrom(planOf(running, running)) };
}

interface Outcome {
  readonly refused: readonly Diagnostic[];
  readonly changed: readonly string[];
  readonly operations: readonly string[];
}

/** What `rke up` makes of a file on a running cluster. */
function outcome({ running, observed }: ReturnType<typeof runningOf>, file: unknown): Outcome {
  const loaded = read(file, running);
  if (!loaded.ok) {
    const refused = loaded.diagnostics.filter(({ severity }) => severity === 'error');
    return { refused, changed: [], operations: [] };
  }
  const changed = differences(running, loaded.value).map(({ key }) => key);
  const { operations } = planUp(planOf(loaded.value, running), observed, { addonTimeoutSeconds: 180 });
  return { refused: [], changed, operations: operations.map(({ id }) => id) };
}

/** Keys that reach hosts and must not be without operations. */
const reaching = (keys: readonly string[]): string[] =>
  keys.filter((key) => {
    const { verdict } = ruleOf(key);
    return verdict !== 'local' && verdict !== 'later' && !without.some(([pattern]) => pattern.test(key));
  });

const concerns = (path: string, key: string): boolean => {
  const plain = path.replaceAll(/\[\d+\]/g, '[]');
  const parent = key.replace(/\.[^.]+$/, '');
  // What is set alone may need its neighbours: those are named.
  return plain.startsWith(key) || key.startsWith(plain) || (parent.includes('.') && plain.startsWith(parent));
};

const made = runningOf(base);

describe('a change of one key on a running cluster', () => {
  it.each(changes.map((change) => [change.key, change] as const))(
    'of %s is applied, or refused with the name of the key',
    (_key, change) => {
      const { refused, changed, operations } = outcome(made, withChange(base, change));
      const paths = refused.map(({ path }) => path);
      if (refused.length > 0)
        expect(
          paths.some((path) => concerns(path, change.key)),
          paths.join(),
        ).toBe(true);
      else if (reaching(changed).length > 0) expect(operations, changed.join()).not.toEqual([]);
    },
  );
});

/** Codes of the rules on a running cluster; other rules judge a file whatever runs. */
const ofRunning = new Set(['cannot-change', 'version-skew', 'not-supported']);

describe('changes of several keys on a running cluster', () => {
  const some = fc.uniqueArray(fc.constantFrom(...changes), {
    minLength: 1,
    maxLength: 4,
    selector: ({ key }) => key,
  });

  it('are applied, or refused with the name of one of them', () => {
    fc.assert(
      fc.property(some, some, (first, second) => {
        const before = first.reduce(withChange, base);
        fc.pre(read(before).ok);
        const keys = [...first, ...second].map(({ key }) => key);
        const { refused, changed, operations } = outcome(runningOf(before), second.reduce(withChange, base));
        const strange = refused.filter(
          ({ code, path }) => ofRunning.has(code) && !keys.some((key) => concerns(path, key)),
        );
        expect(strange).toEqual([]);
        if (refused.length === 0 && reaching(changed).length > 0)
          expect(operations, changed.join()).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('that a run has applied cause no operation in the next run', () => {
    fc.assert(
      fc.property(some, (all) => {
        const file = all.reduce(withChange, base);
        fc.pre(read(file).ok);
        expect(outcome(runningOf(file), file)).toEqual({ refused: [], changed: [], operations: [] });
      }),
      { numRuns: 40 },
    );
  });
});
