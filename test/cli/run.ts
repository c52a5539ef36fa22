import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { afterEach, beforeEach } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line as a process without a terminal would. */
export async function runIn(
  folder: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: Readable = new PassThrough(),
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const io: Io = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env,
    cwd: folder,
  };
  return { code: await main(argv, io), ...written };
}

/** A folder of its own for each test of a file. @returns where it is, once a test runs */
export function useFolder(): () => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rke-cli-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
