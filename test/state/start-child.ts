import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('child.ts', import.meta.url));

/** Starts test/state/child.ts and waits until it is active. */
export async function startChild(what: 'write' | 'lock', path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, what, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('the child ended by itself')));
  await Promise.race([once(child.stdout, 'data'), exited]);
  exited.catch(() => undefined); // The kill is expected.
  return child;
}

/** The same signal as from the kernel's out-of-memory killer. */
export async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
