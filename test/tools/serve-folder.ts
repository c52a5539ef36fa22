import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';

/** The port that vectors name in `addons_include`. */
const vectorPort = 18_099;

/** Serves the files of a directory at 127.0.0.1:18099; nothing if another process already does. */
export async function serveFolder(folder: string): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    try {
      const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
      response.end(readFileSync(join(folder, path)));
    } catch {
      response.statusCode = 404;
      response.end('404: Not Found\n');
    }
  });
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(vectorPort, '127.0.0.1', resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
