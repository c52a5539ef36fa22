import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import type { VersionCatalog } from '../versions/catalog.js';
import type { ClusterSpec } from './cluster-spec.js';
import { parseConfig, type ReadOptions } from './schema/parse-config.js';
import { placed } from './schema/read-documents.js';
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
import { helmReleaseRules } from './rules/helm-releases.js';
import { imageRules } from './rules/images.js';
import { ingressRules } from './rules/ingress.js';
import { kubernetesObjectRules } from './rules/kubernetes-objects.js';
import { labelRules } from './rules/labels.js';
import { aciRules } from './rules/aci.js';
import { networkRules } from './rules/network.js';
import { nodelocalRules } from './rules/nodelocal.js';
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
import { updateStrategyRules } from './rules/update-strategies.js';
import { upgradeRules } from './rules/upgrade.js';
import { versionRules } from './rules/versions.js';
import { webhookRules } from './rules/webhook.js';

const rules: readonly Rule[] = [
  roleRules,
  nodeRules,
  addressRules,
  versionRules,
  imageRules,
  networkRules,
  aciRules,
  rangeRules,
  rangeLimitRules,
  familyRules,
  optionRules,
  helmReleaseRules,
  ingressRules,
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
  nodelocalRules,
  updateStrategyRules,
  sanRules,
  labelRules,
  socketRules,
  portRules,
  snapshotRules,
  upgradeRules,
  environmentRules,
  flagValueRules,
  webhookRules,
  admissionRules,
];

export interface LoadOptions extends ReadOptions {
  readonly catalog: VersionCatalog;
  /** A Kubernetes image of another version than the resulting one is a warning. */
  readonly allowImageMismatch?: boolean;
  /** The cluster is to be created or changed: keys and add-ons of RKE that are not yet supported are errors. */
  readonly forChange?: boolean;
  /**
   * Judges the file as `rke up` does: a value that RKE v1 accepted and that cannot work is an error, not a warning. Implied by
   * `forChange`.
   */
  readonly inFull?: boolean;
  /** True if a file exists; without it, paths are not checked. */
  readonly exists?: ((path: string) => boolean) | undefined;
  /** Content of a file, `~` expanded, or undefined if it is unreadable; without it, files are not checked. */
  readonly readText?: ((path: string) => string | undefined) | undefined;
  /** True if SSH accepts the text as a private key; without it, keys are not checked. */
  readonly isPrivateKey?: ((text: string) => boolean) | undefined;
  /** All logins use the SSH agent, whatever the file says. */
  readonly sshAgentAuth?: boolean | undefined;
  /** What the cluster already runs with (currentState): unchanged parts are not refused. */
  readonly running?: ClusterSpec | undefined;
  /** What the last run started (desiredState): if it did not finish, hosts may have any part of it. */
  readonly begun?: ClusterSpec | undefined;
  /** False for a run that does not apply the file: changes that the running cluster refuses are not errors then. */
  readonly judgeChanges?: boolean;
  /** The run uses the nodes and roles of the running cluster: other ones in the file are a warning. */
  readonly keepsNodes?: boolean;
  /** The user accepts what a change of the network plugin interrupts. */
  readonly allowNetworkChange?: boolean | undefined;
  /** The user accepts a version that skips a minor, or is older. */
  readonly forceVersion?: boolean | undefined;
}

/**
 * Reads a cluster.yml and resolves the cluster.
 *
 * @returns the cluster with warnings, or all errors and warnings, in the order of the file
 */
export function loadCluster(text: string, options: LoadOptions): Result<ClusterSpec> {
  const { catalog, allowImageMismatch = false, forChange = false, running, begun, exists } = options;
  const { inFull = forChange, readText, isPrivateKey, sshAgentAuth = false, keepsNodes = false } = options;
  const { allowNetworkChange = false, forceVersion = false } = options;
  const isRunning = running !== undefined || begun !== undefined;
  const parsed = parseConfig(text, {
    ...options,
    allowUnknown: options.allowUnknown === true || isRunning,
  });
  if (!parsed.ok) return parsed;
  const { config, positions, diagnostics, pending } = parsed.value;
  const spec = resolveCluster(config, catalog, runningVersion({ running, begun }));
  // A line of another file would mislead.
  const lineOf = (path: string): number | undefined => {
    const position = positions.get(path);
    return position?.file === undefined ? position?.line : undefined;
  };
  const invalid = diagnostics.map(({ path }) => path);
  const input: RuleInput = {
    ...{ spec, config, running, begun, forChange, catalog, allowImageMismatch, lineOf },
    ...{ exists, readText, isPrivateKey, sshAgentAuth, keepsNodes, allowNetworkChange, forceVersion },
  };
  const findRunning = (): Finding[] => (running === undefined ? [] : applyRules(asFile(running, input)));
  const findings = [
    ...settleRefusals(applyRules(input), { isRefused: inFull, findRunning })
      // An invalid value looks missing to the rules, and has been reported.
      .filter((finding) => !isReported(finding, invalid)),
    ...(options.judgeChanges === false
      ? []
      : runningRules(input).filter(({ path }) => !isWithinInvalid(path, diagnostics))),
    ...(forChange ? supportRules({ ...input, pending }) : []),
  ];
  const all = [...diagnostics, ...findings.map((finding) => withPosition(finding, positions))].sort(
    byPosition,
  );
  return all.some(({ severity }) => severity === 'error')
    ? { ok: false, diagnostics: all }
    : { ok: true, value: spec, warnings: all };
}

/** The running cluster, as if its state were the file. */
function asFile(running: ClusterSpec, input: RuleInput): RuleInput {
  const spec = resolveState(running, input.catalog);
  return { ...input, config: withoutNulls(running), spec, lineOf: () => undefined };
}

const applyRules = (input: RuleInput): Finding[] => rules.flatMap((rule) => rule(input));

function isReported({ code, path }: Finding, invalid: readonly string[]): boolean {
  if (code === 'missing') return invalid.some((other) => other.startsWith(path));
  return code === 'missing-role' && invalid.some((other) => /^nodes(\[\d+\](\.role.*)?)?$/.test(other));
}

/** An invalid value looks removed to the rules for running clusters. */
function isWithinInvalid(path: string, diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(
    ({ severity, path: invalid }) =>
      severity === 'error' && invalid !== '' && (path.startsWith(invalid) || invalid.startsWith(path)),
  );
}

/** The position of the path or its nearest parent in the file; none for a default, and if no part of the path is in the file. */
function withPosition(finding: Finding, positions: ReadonlyMap<string, Position>): Diagnostic {
  const { severity, code, path, message, isDefault = false } = finding;
  const position = isDefault ? undefined : positionOf(path, positions);
  return placed({ severity, code, path, ...(position === undefined ? {} : { position }), message });
}

function positionOf(path: string, positions: ReadonlyMap<string, Position>): Position | undefined {
  if (path === '') return undefined;
  return positions.get(path) ?? positionOf(path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, ''), positions);
}

function byPosition({ position: a }: Diagnostic, { position: b }: Diagnostic): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
