import { LabError, run } from '../process.js';

const least = [1, 25] as const;

/** Says at once what is missing: a build that fails after ten minutes for a compiler is no way to find out. */
export async function requireGo(): Promise<void> {
  const wanted = `Go ${least.join('.')} or newer is needed to build the lab's images`;
  const how =
    'get it from go.dev/dl, unpack it to /usr/local and put /usr/local/go/bin into PATH (Debian 12 packages an older one)';
  const found = await run('go', ['env', 'GOVERSION']).catch(() => undefined);
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(found?.stdout ?? '') ?? [];
  if (major === undefined || minor === undefined) throw new LabError(`${wanted}, and there is none; ${how}`);
  if (Number(major) < least[0] || (Number(major) === least[0] && Number(minor) < least[1]))
    throw new LabError(`${wanted}, and this one is ${major}.${minor}; ${how}`);
}
