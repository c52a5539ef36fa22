import { LabError, run } from '../process.js';

/** The highest `go` line among the modules in this folder. */
export const leastGo = [1, 24] as const;

/** Says at once what is missing: a build that fails after ten minutes for a compiler is no way to find out. */
export async function requireGo(): Promise<void> {
  // As the builds do: the installed Go itself, not another one that it would fetch.
  const env = { GOTOOLCHAIN: 'local' };
  const found = await run('go', ['env', 'GOVERSION'], { env }).catch(() => undefined);
  const problem = goProblem(found?.stdout);
  if (problem !== undefined) throw new LabError(problem);
}

/**
 * @param version what `go env GOVERSION` says; undefined where there is no Go
 * @returns what is wrong with it and how to mend it, or undefined where it is new enough
 */
export function goProblem(version: string | undefined): string | undefined {
  const wanted = `Go ${leastGo.join('.')} or newer is needed to build the lab's images`;
  const how =
    'get it from go.dev/dl, unpack it to /usr/local and put /usr/local/go/bin into PATH (Debian 12 packages an older one)';
  const found = /\bgo(\d+)\.(\d+)/.exec(version ?? '');
  if (found === null) return `${wanted}, and there is none; ${how}`;
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const isEnough = major > leastGo[0] || (major === leastGo[0] && minor >= leastGo[1]);
  return isEnough ? undefined : `${wanted}, and this one is ${major}.${minor}; ${how}`;
}
