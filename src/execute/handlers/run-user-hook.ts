import { RkeError } from '../../core/errors.js';
import type { CoveredOperation } from '../../reconcile/kinds/hook-kinds.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { Outcomes } from '../outcome.js';
import type { RunContext } from '../run-context.js';

/** Runs a hook of the user. @throws what `callHook` throws */
export async function runUserHook(
  operation: OperationOf<'run-hook'>,
  outcomes: Outcomes,
  { callHook, signal }: Pick<RunContext, 'callHook' | 'signal'>,
): Promise<void> {
  const json = `${JSON.stringify(describeCall(operation, outcomes))}\n`;
  await callHook(operation, json, { signal });
}

/** The JSON that a hook gets (docs/hooks.md). Members may be added to it; a changed meaning gets another `schemaVersion`. */
export interface HookCall {
  readonly schemaVersion: 1;
  readonly hook: string;
  readonly when: 'before' | 'after';
  readonly cluster: string;
  readonly command: string;
  /** Null for a hook around all that is done to a node. */
  readonly stage: string | null;
  /** Null for a hook around a stage. */
  readonly node: {
    readonly name: string;
    readonly address: string;
    readonly role: readonly string[];
    readonly change: 'add' | 'change' | 'remove';
  } | null;
  readonly operations: readonly CalledOperation[];
  /** Null before; `failed` if an operation of the stage was not done. */
  readonly result: 'done' | 'failed' | null;
}

interface CalledOperation {
  readonly id: string;
  readonly title: string;
  readonly host: string | null;
  /** Null before. */
  readonly status: 'done' | 'failed' | 'skipped' | null;
  /** Code of the error if it failed. */
  readonly error?: string;
}

function describeCall({ hook, when, about, covers }: OperationOf<'run-hook'>, outcomes: Outcomes): HookCall {
  const operations = covers.map((one) => describeOperation(one, when, outcomes));
  const isDone = operations.every(({ status }) => status === 'done');
  return {
    schemaVersion: 1,
    hook,
    when,
    cluster: about.cluster,
    command: about.command,
    stage: about.stage ?? null,
    node: about.node ?? null,
    operations,
    result: when === 'before' ? null : isDone ? 'done' : 'failed',
  };
}

function describeOperation(
  { id, title, host }: CoveredOperation,
  when: 'before' | 'after',
  outcomes: Outcomes,
): CalledOperation {
  const outcome = when === 'after' ? outcomes.get(id) : undefined;
  const error = outcome?.status === 'failed' ? outcome.error : undefined;
  return {
    ...{ id, title, host: host ?? null, status: outcome?.status ?? null },
    ...(error === undefined ? {} : { error: error instanceof RkeError ? error.code : 'INTERNAL' }),
  };
}
