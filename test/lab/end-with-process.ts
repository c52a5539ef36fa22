import { spawn } from 'node:child_process';
import type { Docker } from './docker.js';

/** Removes containers when this process exits before it did so itself. Gives the way to call that off. */
export function endWithProcess(docker: Docker, containers: readonly string[]): () => void {
  const remove = (): void => {
    // An exit handler cannot wait; the child does it after us. If that fails too, the next lab's start removes them.
    const args = ['-H', docker.host, 'rm', '-f', '-v', ...containers];
    spawn('docker', args, { detached: true, stdio: 'ignore' }).unref();
  };
  process.once('exit', remove);
  return () => void process.off('exit', remove);
}
