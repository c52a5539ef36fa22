import type { Role } from './cluster-spec.js';

/** The stages around which hooks run, in the order of a run (docs/hooks.md). */
export const hookStages = [
  'images',
  'snapshot',
  'files',
  'etcd',
  'controlplane',
  'worker',
  'add-ons',
  'secrets',
  'remove',
] as const;
export type HookStage = (typeof hookStages)[number];

/** One entry of hooks.yml, with its defaults. */
export interface HookSpec {
  /** Unique in its file. */
  readonly name: string;
  readonly when: 'before' | 'after';
  /** Whether it runs once for each node, or once for a stage. */
  readonly for: 'node' | 'stage';
  /** For nodes: only around what this stage does to them; all of it by default. */
  readonly stage?: HookStage;
  /** Names or addresses of nodes; all by default. */
  readonly nodes?: readonly string[];
  /** Nodes with at least one of these roles; all by default. */
  readonly roles?: readonly Role[];
  readonly action: HookAction;
  /** Its limit of time. */
  readonly timeoutSeconds: number;
}

/** What a hook does with its JSON. Paths are as written: relative to the directory of hooks.yml. */
export type HookAction = RunAction | PostAction;

/** Starts a program on this machine, without a shell, with the JSON on stdin. */
export interface RunAction {
  /** The program and its arguments. */
  readonly run: readonly [string, ...string[]];
}

/** Sends the JSON with HTTP POST. */
export interface PostAction {
  readonly url: string;
  /** File with headers, a line each, so that no token is in hooks.yml. */
  readonly headerFile?: string;
  /** File with CA certificates in PEM that the server may have, in place of the public ones. */
  readonly caFile?: string;
}
