import { readFileSync } from 'node:fs';

/** When a process started, in clock ticks since boot: distinguishes it from a later one with the same id. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may contain blanks; count from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Names this process for as long as it lives: `pid-start`. */
export const thisProcess = (): string => `${process.pid}-${startOf(process.pid) ?? '0'}`;

/** True if the process of a name still runs. */
export function isAlive(owner: string): boolean {
  const [pid, start] = owner.split('-');
  return start !== undefined && startOf(Number(pid)) === start;
}
