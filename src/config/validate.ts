import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import type { VersionCatalog } from '../versions/catalog.js';
import type { ClusterSpec } from './cluster-spec.js';
import { parseConfig, type ReadOptions } from './schema/parse-config.js';
import { resolveCluster } from './resolve/resolve-cluster.js';
import { resolveState, withoutNulls } from './resolve/resolve-state.js';
import { addressRules } from './rules/addresses.js';
import { auditRules } from './rules/audit.js';
import { admissionRules } from './rules/admission.js';
import { bindRules } from './rules/binds.js';
import { cloudProviderRules } from './rules/cloud-provider.js';
import { cloudValueRules } from './rules/cloud-values.js';
import { dnsRules } from './rules/dns.js';
import { encryptionRules } from './rules/encryption.js';
import { environmentRules } from './rules/environment.js';
import { etcdRules } from './rules/etcd.js';
import { externalEtcdRules } from './rules/external-etcd.js';
import { extraArgsRules } from './rules/extra-args.js';
import { familyRules } from './rules/families.js';
import { flagValueRules } from './rules/flag-values.js';
import { imageRules } from './rules/images.js';
import { kubernetesObjectRules } from './rules/kubernetes-objects.js';
import { labelRules } from './rules/labels.js';
import { networkRules } from './rules/network.js';
import { nodeRules, roleRules } from './rules/nodes.js';
import { optionRules } from './rules/options.js';
import { pathRules } from './rules/paths.js';
import { portRules } from './rules/ports.js';
import { prefixPathRules } from './rules/prefix-path.js';
import { rangeLimitRules } from './rules/range-limits.js';
import { rangeRules } from './rules/ranges.js';
import { registryRules } from './rules/registries.js';
import { settleRefusals } from './rules/refusals.js';
import type { Finding, Rule, RuleInput } from './rules/rule.js';
import { runningRules } from './rules/running/judge-changes.js';
import { runningVersion } from './rules/running/version-rules.js';
import { sanRules } from './rules/sans.js';
import { snapshotRules } from './rules/snapshots.js';
import { socketRules } from './rules/sockets.js';
import { sshKeyRules } from './rules/ssh-keys.js';
import { supportRules } from './rules/unsupported.js';
import { versionRules } from './rules/versions.js';
import { webhookRules } from './rules/webhook.js';

const rules: readonly Rule[] = [
  roleRules,
  nodeRules,
  addressRules,
  versionRules,
  imageRules,
  networkRules,
  rangeRules,
  rangeLimitRules,
  familyRules,
  optionRules,
  cloudProviderRules,
  cloudValueRules,
  etcdRules,
  kubernetesObjectRules,
  auditRules,
  pathRules,
  prefixPathRules,
  registryRules,
  bindRules,
  extraArgsRules,
  externalEtcdRules,
  sshKeyRules,
  encryptionRules,
  dnsRules,
  sanRules,
  labelRules,
  socketRules,
  portRules,
  snapshotRules,
  environmentRules,
  flagValueRules,
  webhookRules,
  admissionRules,
];

export interface LoadOptions extends ReadOptions {
  readonly catalog: VersionCatalog;
  /** An image of another Kubernetes version than the one that results is a warning. */
  readonly allowImageMismatch?: boolean;
  /** The cluster is to be made or changed: what RKE would act upon and we do not yet is a mistake. */
  readonly forChange?: boolean;
  /**
   * Judges as `rke up` does: what RKE v1 accepted and no cluster can work with is an error, not a warning. Always so with
   * `forChange`.
   */
  readonly inFull?: boolean;
  /** Looks a file up for the rules on paths; without it they say nothing. */
  readonly exists?: ((path: string) => boolean) | undefined;
  /** The texts of files, `~` included, and undefined for one that cannot be read; without it nothing is said of them. */
  readonly readText?: ((path: string) => string | undefined) | undefined;
  /** True if SSH can log in with the text as its private key; without it nothing is said of keys. */
  readonly isPrivateKey?: ((text: string) => boolean) | undefined;
  /** All logins use the SSH agent, whatever the file says. */
  readonly sshAgentAuth?: boolean | undefined;
  /** What the cluster runs with already (currentState): parts that are as they were there are not refused. */
  readonly running?: ClusterSpec | undefined;
  /** What the last run began (desiredState): if it did not finish, hosts may have any part of it. */
  readonly begun?: ClusterSpec | undefined;
  /** False for a run that applies nothing of the file: what the running cluster cannot take is no mistake then. */
  readonly judgeChanges?: boolean;
  /** The run works on the nodes and roles of the running cluster, whatever the file has: other ones are a warning. */
  readonly keepsNodes?: boolean;
}

/**
 * Text of a cluster.yml to the resolved cluster.
 *
 * @returns the cluster with warnings, or every mistake at once, in the order of the file
 */
export function loadCluster(text: string, options: LoadOptions): Result<ClusterSpec> {
  const { catalog, allowImageMismatch = false, forChange = false, running, begun, exists } = options;
  const { inFull = forChange, readText, isPrivateKey, sshAgentAuth = false, keepsNodes = false } = options;
  const isRunning = running !== undefined || begun !== undefined;
  const parsed = parseConfig(text, {
    ...options,
    allowUnknown: options.allowUnknown === true || isRunning,
  });
  if (!parsed.ok) return parsed;
  const { config, positions, diagnostics, pending } = parsed.value;
  const spec = resolveCluster(config, catalog, runningVersion({ running, begun }));
  const lineOf = (path: string): number | undefined => positions.get(path)?.line;
  const broken = diagnostics.map(({ path }) => path);
  const input: RuleInput = {
    ...{ spec, config, running, begun, forChange, catalog, allowImageMismatch, lineOf },
    ...{ exists, readText, isPrivateKey, sshAgentAuth, keepsNodes },
  };
  const findRunning = (): Finding[] => (running === undefined ? [] : applyRules(asFile(running, input)));
  const findings = [
    ...settleRefusals(applyRules(input), { isRefused: inFull, findRunning })
      // What could not be read looks like missing to the rules; it has been told already.
      .filter((finding) => !isToldAlready(finding, broken)),
    ...(options.judgeChanges === false
      ? []
      : runningRules(input).filter(({ path }) => !isWithinBroken(path, diagnostics))),
    ...(forChange ? supportRules({ ...input, pending }) : []),
  ];
  const all = [...diagnostics, ...findings.map((finding) => withPosition(finding, positions))].sort(
    byPosition,
  );
  return all.some(({ severity }) => severity === 'error')
    ? { ok: false, diagnostics: all }
    : { ok: true, value: spec, warnings: all };
}

/** A cluster that runs, as if its state were its file. */
function asFile(running: ClusterSpec, input: RuleInput): RuleInput {
  const spec = resolveState(running, input.catalog);
  return { ...input, config: withoutNulls(running), spec, lineOf: () => undefined };
}

const applyRules = (input: RuleInput): Finding[] => rules.flatMap((rule) => rule(input));

function isToldAlready({ code, path }: Finding, broken: readonly string[]): boolean {
  if (code === 'missing') return broken.some((other) => other.startsWith(path));
  return code === 'missing-role' && broken.some((other) => /^nodes(\[\d+\](\.role.*)?)?$/.test(other));
}

/** What could not be read looks like removed to the rules on a running cluster. */
function isWithinBroken(path: string, diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(
    ({ severity, path: broken }) =>
      severity === 'error' && broken !== '' && (path.startsWith(broken) || broken.startsWith(path)),
  );
}

/** The place of the path itself, else of the nearest part of it that stands in the file. */
function withPosition(finding: Finding, positions: ReadonlyMap<string, Position>): Diagnostic {
  let { path } = finding;
  for (;;) {
    const position = positions.get(path) ?? (path === '' ? { line: 1, column: 1 } : undefined);
    if (position !== undefined) return { ...finding, position };
    path = path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '');
  }
}

function byPosition({ position: a }: Diagnostic, { position: b }: Diagnostic): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
