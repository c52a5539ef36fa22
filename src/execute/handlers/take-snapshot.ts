import type { Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { checkExits, checkMark, takeAndCheckScript } from '../../reconcile/snapshots/check-script.js';
import type { RunContext } from '../run-context.js';
import { readCheck, type EndedCheck } from './check-snapshot.js';
import { withSnapshotTool, type SnapshotToolRun, type ToolOutcome } from './run-snapshot-tool.js';

export interface SnapshotToTake extends SnapshotToolRun {
  readonly name: string;
  /** SHA-256 of the state that the archive must have; undefined if it needs none. */
  readonly stateSha256: string | undefined;
}

export interface TakenSnapshot {
  /** Of rke-tools. */
  readonly outcome: ToolOutcome;
  /** Absent if rke-tools did not end by itself. */
  readonly check?: EndedCheck;
}

/**
 * Takes a snapshot by rke-tools, with the arguments and variables of RKE v1, and checks its archive in the same container. Each of the
 * two has the whole limit.
 *
 * @throws RkeError if Docker fails; the signal's reason when it is aborted
 */
export function takeSnapshot(
  host: Host,
  { name, stateSha256 = '', ...run }: SnapshotToTake,
  context: RunContext,
): Promise<TakenSnapshot> {
  const adapt = (container: ContainerSpec): ContainerSpec => ({
    ...container,
    entrypoint: ['/bin/sh', '-c', takeAndCheckScript],
    cmd: ['rke', name, stateSha256, ...container.entrypoint, ...container.cmd],
  });
  return withSnapshotTool(host, { ...run, adapt }, context, async ({ wait, readLines }) => {
    let end = await wait();
    let lines = end === 0 ? [] : await readLines();
    if (typeof end !== 'number' && findMark(lines) !== undefined) {
      end = await wait();
      lines = await readLines();
    }
    const read = (): Promise<EndedCheck['checked']> => readCheck(host.docker, run.container.name, context);
    if (end === 0)
      return { outcome: { status: 'done' }, check: { code: 0, checked: await read(), evidence: [] } };
    const mark = findMark(lines);
    if (mark === undefined)
      return {
        outcome: typeof end === 'number' ? { status: 'failed', lines } : { status: 'timeout', cause: end },
      };
    const code = typeof end === 'number' ? end : undefined;
    return {
      outcome: mark.code === 0 ? { status: 'done' } : { status: 'failed', lines: lines.slice(0, mark.index) },
      check: {
        code,
        checked: code === checkExits.toolFailed ? await read() : undefined,
        evidence: lines.slice(mark.index + 1),
      },
    };
  });
}

/** Finds the line between the snapshot and its check; undefined if the snapshot was not over. */
function findMark(lines: readonly string[]): { readonly index: number; readonly code: number } | undefined {
  const index = lines.findLastIndex((line) => line.startsWith(checkMark));
  return index === -1 ? undefined : { index, code: Number(lines[index]?.slice(checkMark.length)) };
}
