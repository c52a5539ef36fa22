import type { DiagnosticCode } from '../../core/codes/diagnostic-codes.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { nearest } from '../../core/nearest.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterSpec } from '../cluster-spec.js';
import type { ClusterConfig } from '../schema/parse-config.js';

/** A mistake by its path in the file; the place is looked up from it. */
export type Finding = Omit<Diagnostic, 'position'> & {
  /** RKE v1 accepted it, so it is an error only if nothing runs with it (refusals.ts). */
  readonly acceptedByRke?: boolean;
  /** What is wrong, if path and message also depend on how the file says it: a state has every default written out. */
  readonly about?: string;
};

export interface RuleInput {
  /** The cluster with every default. */
  readonly spec: ClusterSpec;
  /** What the file itself sets. */
  readonly config: ClusterConfig;
  /** The cluster as the last run that finished left it; undefined for a new one. */
  readonly running: ClusterSpec | undefined;
  /** The cluster as the last run wanted it, whether it finished or not. */
  readonly begun: ClusterSpec | undefined;
  readonly catalog: VersionCatalog;
  /** The user knows that an image is not of the version. */
  readonly allowImageMismatch: boolean;
  /** Is there such a file, `~` included; undefined where nobody can look. */
  readonly exists: ((path: string) => boolean) | undefined;
  /** The text of a file, `~` included; undefined for one that cannot be read, and where nobody can look. */
  readonly readText: ((path: string) => string | undefined) | undefined;
  /** True if SSH can log in with the text as its private key; undefined where nobody can tell. */
  readonly isPrivateKey: ((text: string) => boolean) | undefined;
  /** All logins use the SSH agent, whatever the file says. */
  readonly sshAgentAuth: boolean;
  /** The run works on the nodes and roles of the running cluster, whatever the file has. */
  readonly keepsNodes: boolean;
  /** The cluster is to be made or changed. */
  readonly forChange: boolean;
  /** Line of a path that is set in the file, for messages that name another place. */
  readonly lineOf: (path: string) => number | undefined;
}

/** Looks at the cluster for one kind of mistake. */
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
 * error where a cluster is judged as `rke up` does, a warning if the cluster runs with it already.
 */
export const refusal = (code: DiagnosticCode, path: string, message: string, about?: string): Finding => ({
  ...error(code, path, message),
  acceptedByRke: true,
  ...(about === undefined ? {} : { about }),
});

/** For what a version forbids that nobody chose. */
export function unwritten({ kubernetesVersion: version }: ClusterSpec, config: ClusterConfig): string {
  return (config.kubernetesVersion ?? '') === ''
    ? ` (kubernetes_version is not set and so is ${version})`
    : '';
}

/** What is meant instead, or what is allowed. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const meant = nearest(word, allowed);
  return meant === undefined ? `; allowed are ${allowed.join(', ')}` : `; did you mean "${meant}"?`;
}
