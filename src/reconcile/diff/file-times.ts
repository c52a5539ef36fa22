import type { ObservedFile } from '../observed.js';

/**
 * Files that rke replaces carry when, by the clock of their host, so that a reader that still works with what was there
 * before is found whoever stops the run and whenever: the file is younger than the reader's last start. RKE v1 writes its
 * files again at every run and restarts nothing, so its times mean nothing. Ours are shifted into a
 * past in which no host wrote files; times in an archive of Docker have whole seconds.
 */
const shiftSeconds = 1_500_000_000;
const firstRealTime = 1_000_000_000;

/** The modification time, in seconds since 1970, of a file that is replaced at a time of its host's clock. */
export function modificationTime(replacedAt: number): number | undefined {
  const shifted = Math.floor(replacedAt) - shiftSeconds;
  return shifted > 0 && shifted < firstRealTime ? shifted : undefined;
}

/** When rke replaced a file; undefined if somebody else wrote it, or if it was new or written as it was. */
export function replacedAt(modified: number | undefined): number | undefined {
  if (modified === undefined || modified <= 0 || modified >= firstRealTime) return undefined;
  return modified + shiftSeconds;
}

/** True if a container has been started before the file was replaced. */
export function isOlderThan(
  startedAt: string | undefined,
  file: Pick<ObservedFile, 'replacedAt'> | undefined,
): boolean {
  if (startedAt === undefined || file?.replacedAt === undefined) return false;
  return Date.parse(startedAt) / 1000 < file.replacedAt;
}
