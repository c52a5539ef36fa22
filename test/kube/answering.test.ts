import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askControlPlanes } from '../../src/kube/answering.js';
import { makePair } from './tls-pair.js';

const ca = makePair('kube-ca');
const admin = makePair('kube-admin', { issuer: ca });
const pair = makePair('kube-apiserver', { issuer: ca, dnsNames: ['localhost'] });
const foreign = makePair('kube-apiserver', { issuer: makePair('another-ca'), dnsNames: ['localhost'] });
const certificates = { ca: ca.cert, cert: admin.cert, key: admin.key };
const { signal } = new AbortController();

const servers: ReturnType<typeof createServer>[] = [];
/** An API server of this machine. @returns its port */
async function listen(answer: number | 'never', { cert, key } = pair): Promise<number> {
  const server = createServer({ cert, key, ca: ca.cert, requestCert: true }, (request, response) => {
    if (answer === 'never') return;
    expect(request.url).toBe('/version');
    response.writeHead(answer).end('{}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return (server.address() as AddressInfo).port;
}
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

describe('askControlPlanes', () => {
  it('returns the first that answers, with those before it', async () => {
    const port = await listen(200);
    const addresses = ['127.0.0.1', 'localhost', 'localhost'];
    expect(await askControlPlanes(addresses, certificates, { signal, port })).toEqual([
      // Its certificate is for localhost.
      { address: '127.0.0.1', failure: expect.any(String) as string },
      { address: 'localhost', failure: undefined },
    ]);
  });

  it.each<[string, Parameters<typeof listen>, RegExp]>([
    ['one that is not ready', [503], /status 503/],
    ['one that does not know kube-admin', [401], /status 401/],
    ['one of another CA', [200, foreign], /certificate/],
    ['one that never responds', ['never'], /in time/],
  ])('rejects %s', async (_what, server, failure) => {
    const port = await listen(...server);
    const asked = await askControlPlanes(['localhost'], certificates, { signal, port, milliseconds: 500 });
    expect(asked).toEqual([{ address: 'localhost', failure: expect.stringMatching(failure) as string }]);
  });

  it('reports invalid certificates in the state', async () => {
    const asked = await askControlPlanes(['localhost'], { ca: 'x', cert: 'y', key: 'z' }, { signal });
    expect(asked[0]?.failure).toMatch(/PEM/);
  });

  it('stops when it is aborted', async () => {
    const port = await listen('never');
    const stop = new AbortController();
    const asking = askControlPlanes(['localhost'], certificates, { signal: stop.signal, port });
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(asking).rejects.toBe(reason);
  });
});
