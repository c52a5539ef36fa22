import { startDeadline } from '../core/deadline.js';
import type { HostReader } from '../host/host.js';
import { factsCommand, type DataDirs } from '../reconcile/checks/facts-command.js';
import { parseFacts, type CheckFacts } from '../reconcile/checks/facts.js';
import { fanOut } from './fan-out.js';

export interface GatherOptions {
  readonly hosts: ReadonlyMap<string, Pick<HostReader, 'address' | 'read'>>;
  /** Where each of these hosts keeps its data, by address; others are not asked. */
  readonly dataDirs: ReadonlyMap<string, DataDirs>;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
}

/** A host whose disk hangs must not delay the others. */
const hostMilliseconds = 5000;

/**
 * Reads the facts of every host for the checks: one command each, as any user, which changes nothing. A host that does not
 * answer is left out: nothing is concluded about it.
 *
 * @throws the signal's reason when it is aborted
 */
export async function gatherFacts(options: GatherOptions): Promise<ReadonlyMap<string, CheckFacts>> {
  const { hosts, dataDirs, concurrency, signal, now } = options;
  const asked = [...dataDirs].flatMap(([address, where]) => {
    const host = hosts.get(address);
    return host === undefined ? [] : [{ host, where }];
  });
  const found = await fanOut(asked, { limit: concurrency, signal }, async ({ host, where }) => {
    using deadline = startDeadline(hostMilliseconds, signal);
    const sentAt = now();
    const { stdout } = await host.read(factsCommand(where), deadline);
    return [host.address, parseFacts(stdout, { sentAt, receivedAt: now() })] as const;
  });
  signal.throwIfAborted();
  return new Map(found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
}
