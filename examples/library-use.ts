/**
 * rke inside a program: makes the cluster of a cluster.yml, tells in its own words how far it is, and says what is wrong.
 *
 *   npx tsx examples/library-use.ts cluster.yml
 */
import { pathToFileURL } from 'node:url';
import { ConfigError, createEventHub, RkeError, up } from 'rke';

/**
 * @param configPath of cluster.yml; the state and the kubeconfig are kept beside it
 * @param say gets a line at a time
 * @returns the path of the kubeconfig; undefined where there is no cluster in the end
 */
export async function bringUp(
  configPath: string,
  say: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<string | undefined> {
  // Every event of docs/events.md comes by here; secrets have been taken out of them.
  const events = createEventHub([
    {
      onEvent: (event) => {
        if (event.type === 'operation-finished') say(`${event.host ?? 'cluster'}: ${event.title}`);
      },
      close: () => undefined,
    },
  ]);
  try {
    const { kubeconfig, done } = await up({ configPath, events, signal });
    say(done === 0 ? 'nothing had to be done' : `${done} operations done`);
    return kubeconfig;
  } catch (error) {
    if (error instanceof ConfigError)
      for (const { position, path, message } of error.diagnostics)
        say(`line ${position?.line ?? 1}: ${path} ${message}`);
    else if (error instanceof RkeError) say(`${error.message} (${error.code}); ${error.fix ?? ''}`);
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
