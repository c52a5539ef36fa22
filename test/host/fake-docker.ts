import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

export interface DockerRequest {
  readonly method: string;
  /** `1.41`, or '' if the path has none. */
  readonly apiVersion: string;
  /** Without the version. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export const dockerInfo = {
  ServerVersion: '20.10.24',
  DockerRootDir: '/var/lib/docker',
  OSType: 'linux',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  Architecture: 'x86_64',
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=default'],
  Name: 'node-1',
};

/** Docker's HTTP API on a unix socket. It reports its version itself; `answer` responds to everything else. */
export class FakeDocker implements AsyncDisposable {
  /** Requests so far, without those for its version. */
  readonly seen: DockerRequest[] = [];
  /** The paths of all requests. */
  readonly asked: string[] = [];
  readonly socket: string;
  answer: (request: DockerRequest, response: ServerResponse) => void = (_request, response) =>
    reply(response, 404, { message: 'page not found' });
  /** The response to `GET /version`. */
  version: object = { Version: dockerInfo.ServerVersion, ApiVersion: '1.41', MinAPIVersion: '1.12' };
  /** API versions of the requests; '' without one. */
  readonly apiVersions = new Set<string>();
  /** False if it accepts the request for its version and never responds. */
  isResponsive = true;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.socket = join(folder, 'docker.sock');
    this.#server = createServer((request, response) => {
      void read(request).then((seen) => {
        this.asked.push(seen.path);
        this.apiVersions.add(seen.apiVersion);
        if (seen.path === '/version') {
          if (this.isResponsive) reply(response, 200, this.version);
          return;
        }
        if (seen.path === '/info') {
          reply(response, 200, dockerInfo);
          return;
        }
        this.seen.push(seen);
        this.answer(seen, response);
      });
    });
  }

  static async start(): Promise<FakeDocker> {
    const docker = new FakeDocker(await mkdtemp(join(tmpdir(), 'rke-docker-')));
    await new Promise<void>((resolve) => docker.#server.listen(docker.socket, resolve));
    return docker;
  }

  /** Closes kept connections, like a daemon that restarts. */
  closeConnections(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true });
  }
}

/** Responds with JSON, or with an empty body. */
export function reply(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<DockerRequest> {
  const url = new URL(request.url ?? '/', 'http://docker');
  const [, apiVersion = '', path = ''] = /^(?:\/v([\d.]+))?(\/.*)$/.exec(url.pathname) ?? [];
  return {
    method: request.method ?? '',
    apiVersion,
    path,
    query: url.searchParams,
    headers: request.headers,
    body: await buffer(request),
  };
}
