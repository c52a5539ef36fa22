/** What is used of docker-modem, which has no types. */
interface Modem {
  dial(request: object, done: (error: Error | null | undefined) => void): void;
}

/**
 * GET /distribution/{name}/json: the daemon asks the image's registry for it. (dockerode's own way there takes no signal.)
 *
 * @throws Error of the modem for any answer but 200
 */
export function askRegistry(
  modem: Modem,
  image: string,
  options: { readonly abortSignal: AbortSignal; readonly authconfig?: object },
): Promise<void> {
  const request = {
    path: `/distribution/${image}/json`,
    method: 'GET',
    statusCodes: { 200: true },
    ...options,
  };
  return new Promise((resolve, reject) => {
    modem.dial(request, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
