import type { DiagnosticCode } from '../../core/codes/diagnostic-codes.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { didYouMean } from '../../core/nearest.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterSpec } from '../cluster-spec.js';
import type { ClusterConfig } from '../schema/parse-config.js';

/** An error or warning about a path of the file; the position is looked up from the path. */
export type Finding = Omit<Diagnostic, 'position'> & {
  /** RKE v1 accepted it: an error in a new cluster, a warning if the cluster runs with it (refusals.ts). */
  readonly acceptedByRke?: boolean;
  /** Identity of the finding if its path or message depends on what the file leaves out: a state has all defaults written out. */
  readonly about?: string;
  /** The value is a default that nobody wrote, so the diagnostic has no position. */
  readonly isDefault?: boolean;
};

export interface RuleInput {
  /** The cluster with all defaults. */
  readonly spec: ClusterSpec;
  /** What the file itself sets. */
  readonly config: ClusterConfig;
  /** The cluster as the last finished run left it; undefined for a new one. */
  readonly running: ClusterSpec | undefined;
  /** The cluster as the last run wanted it, finished or not. */
  readonly begun: ClusterSpec | undefined;
  readonly catalog: VersionCatalog;
  /** The user accepts a Kubernetes image of another version. */
  readonly allowImageMismatch: boolean;
  /** True if the file exists, `~` expanded; undefined if files cannot be read. */
  readonly exists: ((path: string) => boolean) | undefined;
  /** Content of a file, `~` expanded, or undefined if it is unreadable; undefined if files cannot be read at all. */
  readonly readText: ((path: string) => string | undefined) | undefined;
  /** True if SSH accepts the text as a private key; undefined if there is no SSH library to ask. */
  readonly isPrivateKey: ((text: string) => boolean) | undefined;
  /** All logins use the SSH agent, whatever the file says. */
  readonly sshAgentAuth: boolean;
  /** The run uses the nodes and roles of the running cluster, whatever the file says. */
  readonly keepsNodes: boolean;
  /** The user accepts what a change of the network plugin interrupts. */
  readonly allowNetworkChange: boolean;
  /** The user accepts a version that skips a minor, or is older. */
  readonly forceVersion: boolean;
  /** The cluster is to be created or changed. */
  readonly forChange: boolean;
  /** Line of a path that the file sets, for messages that refer to another place. */
  readonly lineOf: (path: string) => number | undefined;
}

/** Checks the cluster for one kind of mistake. */
export type Rule = (input: RuleInput) => Finding[];

export const error = (code: DiagnosticCode, path: string, message: string): Finding => ({
  severity: 'error',
  code,
  path,
  message,
});
export const warning = (code: DiagnosticCode, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});

/**
 * A mistake that RKE v1 accepted, and with which a component does not start or does something else than the file says: an
 * error if the file is judged as `rke up` judges it, a warning if the cluster already runs with it.
 */
export const refusal = (code: DiagnosticCode, path: string, message: string, about?: string): Finding => ({
  ...error(code, path, message),
  acceptedByRke: true,
  ...(about === undefined ? {} : { about }),
});

/** Says where the version comes from if the file does not set it, for messages about what a version does not allow. */
export function versionOrigin({ spec, config, running, begun }: RuleInput): string {
  if ((config.kubernetesVersion ?? '') !== '') return '';
  const { kubernetesVersion: version } = spec;
  const isKept = (begun ?? running) !== undefined;
  return ` (kubernetes_version is not set; ${version} is the ${isKept ? 'version of the running cluster' : 'default'})`;
}

/** Says that the choice at a path is a default, for messages about what it does not support. */
export function choiceOrigin({ lineOf }: Pick<RuleInput, 'lineOf'>, path: string): string {
  return lineOf(path) === undefined ? ' (default of RKE v1)' : '';
}

/** Message for a value outside a fixed set, with the nearest allowed value or all of them. */
export function invalidChoice(what: string, value: string, allowed: readonly string[]): string {
  const hint = didYouMean(value, allowed) || `; expected one of ${allowed.join(', ')}`;
  return `invalid ${what} ${JSON.stringify(value)}${hint}`;
}
