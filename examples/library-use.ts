/**
 * rke inside a program: creates the cluster of a cluster.yml, with its own progress and error output.
 *
 *   npx tsx examples/library-use.ts cluster.yml
 */
import { pathToFileURL } from 'node:url';
import { ConfigError, createEventHub, RkeError, up } from 'rke';

/**
 * @param configPath path of cluster.yml; the state and the kubeconfig are written beside it
 * @param print called with one line at a time
 * @returns the path of the kubeconfig; undefined if the run failed
 */
export async function bringUp(
  configPath: string,
  print: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<string | undefined> {
  // Receives every event of docs/events.md, with secrets removed.
  const events = createEventHub([
    {
      onEvent: (event) => {
        if (event.type === 'operation-finished') print(`${event.host ?? 'cluster'}: ${event.title}`);
      },
      close: () => undefined,
    },
  ]);
  try {
    const { kubeconfig, done } = await up({ configPath, events, signal });
    print(done === 0 ? 'no change' : `${done} operations done`);
    return kubeconfig;
  } catch (error) {
    if (error instanceof ConfigError)
      for (const { position, path, message } of error.diagnostics)
        print(`line ${position?.line ?? 1}: ${path} ${message}`);
    else if (error instanceof RkeError) print(`${error.message} (${error.code}); ${error.fix ?? ''}`);
    else throw error;
    return undefined;
  } finally {
    await events.close();
  }
}

// Run as a program, not imported by one.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const kubeconfig = await bringUp(process.argv[2] ?? 'cluster.yml', console.log, stop.signal);
  if (kubeconfig === undefined) process.exitCode = 1;
}
