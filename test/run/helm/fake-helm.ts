import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { modules, programsOf } from '../../lab/images/programs.js';

/** The helm that the lab has built; undefined on a machine without it. */
export const realHelm = await (async (): Promise<string | undefined> => {
  const path = join(await programsOf(modules.helm), 'helm');
  return existsSync(path) ? path : undefined;
})();

export const chartFixture = new URL('../../fixtures/chart', import.meta.url).pathname;

/**
 * A program in the place of helm: a shell script that notes its arguments in `calls`, answers `version`, and then does what a test
 * wants.
 */
export async function fakeHelm(
  script: string,
  version = 'v3.14.2',
): Promise<{ readonly program: string; readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'fake-helm-'));
  const program = join(directory, 'helm');
  await writeFile(
    program,
    `#!/bin/sh
echo "$@" >> ${directory}/calls
if [ "$1" = version ]; then echo '${version}'; exit 0; fi
${script}
`,
  );
  await chmod(program, 0o755);
  return { program, directory };
}
