import { chmod, readFile, writeFile } from 'node:fs/promises';
import { fileErrorOf, RkeError, usageError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import type { Change } from '../../reconcile/description/change.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';

/** What is compared of a saved plan: the rest of it is for people. */
export type SavedPlan = Pick<RunPlan, 'cluster' | 'digest' | 'nodes' | 'clusterChanges'>;

/** Saves a plan for `rke up --plan`, readable by its owner only. @throws RkeError (exit 2) if it cannot be written */
export async function savePlan(file: string, plan: RunPlan): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(plan, undefined, 2)}\n`, { mode: 0o600 });
    // A file that was there keeps its mode.
    await chmod(file, 0o600);
  } catch (cause) {
    throw usageError(`cannot write the plan to ${file}: ${fileErrorOf(cause)}`, {
      fix: 'name a file in a directory that you can write to with --out',
      cause,
    });
  }
}

/** Reads a saved plan. @throws RkeError (exit 2) if it cannot be read, or the file is not a plan */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw usageError(`cannot read the plan ${file}: ${fileErrorOf(cause)}`, { fix: saveOne(file), cause });
  }
  if (!isSavedPlan(value))
    throw usageError(`${file} is not a plan that this version can apply`, { fix: saveOne(file) });
  return value;
}

const saveOne = (file: string): string => `save a plan with \`rke plan --out ${file}\``;

function isSavedPlan(value: unknown): value is SavedPlan {
  if (!isRecord(value) || value['formatVersion'] !== 1) return false;
  const { cluster, digest, nodes, clusterChanges } = value;
  if (typeof cluster !== 'string' || typeof digest !== 'string') return false;
  const hasChanges = (node: unknown): boolean => isRecord(node) && Array.isArray(node['changes']);
  return Array.isArray(nodes) && nodes.every(hasChanges) && Array.isArray(clusterChanges);
}

/**
 * Refuses a saved plan if the run would do something else now: another file, other hosts, other contents. Checks and waits, their
 * order, and new keys and certificates do not count.
 *
 * @throws RkeError PLAN_OUTDATED (exit 2) with what differs
 */
export function requireSamePlan(saved: SavedPlan, now: RunPlan): void {
  if (saved.cluster !== now.cluster)
    throw outdated(`the plan is for cluster ${saved.cluster}, and cluster.yml is of ${now.cluster}`);
  if (saved.digest === now.digest) return;
  throw outdated(
    'the cluster or cluster.yml has changed since the plan was saved',
    listDifferences(saved, now),
  );
}

function outdated(message: string, faults: readonly string[] = []): RkeError {
  return new RkeError('PLAN_OUTDATED', `${message}; nothing was changed`, {
    faults,
    fix: 'save a new plan with `rke plan --out FILE`, read it, and apply that one',
  });
}

type NamedChange = Pick<Change, 'action' | 'target' | 'digest'> & { readonly on: string };

function listDifferences(saved: SavedPlan, now: SavedPlan): string[] {
  const [before, after] = [changesOf(saved), changesOf(now)];
  return [
    ...[...after].flatMap(([id, change]) => {
      const old = before.get(id);
      if (old?.digest === change.digest) return [];
      return [`${old === undefined ? 'new' : 'different'}: ${textOf(change)}`];
    }),
    ...[...before].flatMap(([id, change]) => (after.has(id) ? [] : [`no longer: ${textOf(change)}`])),
  ];
}

function changesOf({ nodes, clusterChanges }: SavedPlan): Map<string, NamedChange> {
  const all = [
    ...nodes.flatMap(({ name, changes }) => changes.map((change) => ({ ...change, on: ` on ${name}` }))),
    ...clusterChanges.map((change) => ({ ...change, on: '' })),
  ];
  return new Map(all.filter(({ kind }) => kind !== 'copy-state').map((change) => [change.id, change]));
}

const textOf = ({ action, target, on }: NamedChange): string => `${action} ${target}${on}`;
