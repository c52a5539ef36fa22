import type { Diagnostic } from '../../core/diagnostic.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterSpec } from '../cluster-spec.js';

/** A mistake by its path in the file; the place is looked up from it. */
export type Finding = Omit<Diagnostic, 'position'>;

export interface RuleInput {
  readonly spec: ClusterSpec;
  readonly catalog: VersionCatalog;
  /** Line of a path that is set in the file, for messages that name another place. */
  readonly lineOf: (path: string) => number | undefined;
}

/** Looks at the resolved cluster for one kind of mistake. */
export type Rule = (input: RuleInput) => Finding[];

export const error = (code: string, path: string, message: string): Finding => ({
  severity: 'error',
  code,
  path,
  message,
});
export const warning = (code: string, path: string, message: string): Finding => ({
  severity: 'warning',
  code,
  path,
  message,
});
