import type { DockerModem } from './docker-modem.js';

/**
 * GET /distribution/{name}/json: the daemon asks the image's registry for it. (dockerode's own way there takes no signal.)
 *
 * @throws DaemonError; Error of the connection
 */
export async function askRegistry(
  modem: DockerModem,
  image: string,
  options: { readonly abortSignal: AbortSignal; readonly authconfig?: object },
): Promise<void> {
  const path = `/distribution/${image}/json`;
  await modem.send({ path, method: 'GET', statusCodes: { 200: true }, ...options });
}
