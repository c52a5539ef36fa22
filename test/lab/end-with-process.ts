import { spawn } from 'node:child_process';
import type { Docker } from './docker.js';

/** Removes containers if this process exits before it has removed them. @returns the function that cancels this */
export function endWithProcess(docker: Docker, containers: readonly string[]): () => void {
  const remove = (): void => {
    // An exit handler cannot wait, so a child does it afterwards. If that fails too, the start of the next lab removes them.
    const args = ['-H', docker.host, 'rm', '-f', '-v', ...containers];
    spawn('docker', args, { detached: true, stdio: 'ignore' }).unref();
  };
  process.once('exit', remove);
  return () => void process.off('exit', remove);
}
