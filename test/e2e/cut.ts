import { createInterface } from 'node:readline';
import type { StopSignal } from '../../src/core/errors.js';
import type { RkeEvent } from '../../src/core/events.js';
import type { LabNode } from '../lab/node.js';
import type { RkeFolder } from './rke.js';

/** An event in the output of the run, or an observation elsewhere. */
export type Moment = ((event: RkeEvent) => boolean) | { readonly seen: () => Promise<unknown> };

export interface Cut {
  readonly code: number | null;
  /** The complete output. */
  readonly events: readonly RkeEvent[];
  /** True if the moment for the signal came. */
  readonly isCut: boolean;
  readonly stderr: string;
}

/** Runs rke and sends it a signal as soon as the moment comes. */
export async function cut(
  folder: RkeFolder,
  args: readonly string[],
  signal: StopSignal | 'SIGKILL',
  moment: Moment,
): Promise<Cut> {
  let isCut = false;
  let hasEnded = false;
  const { code, stderr } = await folder.rke([...args, '--log-format', 'json'], (kill, told) => {
    const stop = (): void => {
      if (isCut || hasEnded) return;
      isCut = true;
      kill(signal);
    };
    if (typeof moment !== 'function') {
      moment.seen().then(stop, () => undefined); // If the moment never comes, the run is not interrupted, and its test fails.
      return;
    }
    createInterface(told).on('line', (line) => {
      if (moment(JSON.parse(line) as RkeEvent)) stop();
    });
  });
  hasEnded = true;
  return { code, stderr, isCut, events: eventsOf(stderr) };
}

/** The events of NDJSON output; the last line of a killed run may be incomplete. */
export function eventsOf(stderr: string): RkeEvent[] {
  const lines = stderr.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as RkeEvent);
}

/** True if an event reports that an operation, given by the beginning of its id, has begun, makes progress, or is done. */
export const operation =
  (what: 'started' | 'progress' | 'finished', id: string) =>
  (event: RkeEvent): boolean =>
    event.type === `operation-${what}` && 'operation' in event && event.operation.startsWith(id);

/** Waits until a host's Docker starts a container. */
export function startOf(node: LabNode, container: string): Promise<unknown> {
  const events = `docker events --since ${Math.floor(Date.now() / 1000)} --filter event=start --filter container=${container}`;
  // `docker events` itself never ends.
  const script = `mkfifo /tmp/$$ && { timeout 60 ${events} >/tmp/$$ & } && read -r line </tmp/$$; found=$?; kill $!; rm /tmp/$$; exit $found`;
  return node.must(['sh', '-c', script]);
}
