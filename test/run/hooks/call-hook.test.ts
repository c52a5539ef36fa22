import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HookAction } from '../../../src/config/hook-spec.js';
import type { RkeError } from '../../../src/core/errors.js';
import { createHookCaller } from '../../../src/run/hooks/call-hook.js';
import { makePair } from '../../kube/tls-pair.js';

let directory: string;
const ca = makePair('hook CA');
const pair = makePair('localhost', { issuer: ca, dnsNames: ['localhost'], addresses: ['127.0.0.1'] });
const servers: Server[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rke-hooks-'));
  await writeFile(join(directory, 'ca.pem'), ca.cert);
  await writeFile(
    join(directory, 'headers'),
    '# of the load balancer\nAuthorization: Bearer s3cr3t-t0ken\n\nX-Team: a\n',
  );
  await writeFile(join(directory, 'hook.sh'), '#!/bin/sh\ncat > "$1"\nenv > env\nexit "$2"\n', {
    mode: 0o755,
  });
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => rm(directory, { recursive: true }));

async function listen(answer: RequestListener, isTls = false): Promise<string> {
  const server = isTls ? createTlsServer({ cert: pair.cert, key: pair.key }, answer) : createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http${isTls ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = '{"schemaVersion":1}\n';
const call = (action: HookAction, seconds = 30, signal = new AbortController().signal): Promise<void> =>
  createHookCaller(join(directory, 'hooks.yml'))(
    { hook: 'a', when: 'before', action, timeoutSeconds: seconds },
    json,
    {
      signal,
    },
  );
const failureOf = (action: HookAction, seconds?: number): Promise<RkeError> =>
  call(action, seconds).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as RkeError,
  );

describe('a hook with a program', () => {
  it('is found beside hooks.yml, gets the JSON on stdin and its arguments as they are, and no passphrase of rke', async () => {
    process.env['RKE_STATE_KEY'] = 'a passphrase';
    await call({ run: ['./hook.sh', 'got $HOME.json', '0'] });
    delete process.env['RKE_STATE_KEY'];
    expect(await readFile(join(directory, 'got $HOME.json'), 'utf8')).toBe(json);
    const env = await readFile(join(directory, 'env'), 'utf8');
    expect(env).toContain('PATH=');
    expect(env).not.toContain('passphrase');
  });

  it.each<[string, readonly [string, ...string[]], string, RegExp, string[]]>([
    [
      'an exit code',
      ['sh', '-c', 'echo no >&2; exit 7'],
      'HOOK_FAILED',
      /^sh ended with exit code 7 \(hook a\)$/,
      ['no'],
    ],
    ['a signal', ['sh', '-c', 'kill -9 $$'], 'HOOK_FAILED', /^sh was ended by SIGKILL \(hook a\)$/, []],
    [
      'no program',
      ['./gone.sh'],
      'HOOK_NOT_STARTED',
      /^cannot start \.\/gone\.sh in .*: not found \(hook a\)$/,
      [],
    ],
    [
      'the time',
      ['sh', '-c', 'echo still here >&2; sleep 60'],
      'HOOK_TIMEOUT',
      /did not end within 1 s/,
      ['still here'],
    ],
  ])('that fails with %s is an error of exit code 11', async (_what, run, code, message, evidence) => {
    const error = await failureOf({ run }, 1);
    expect(error).toMatchObject({ code, exitCode: 11 });
    expect(error.message).toMatch(message);
    expect(error.details.evidence ?? []).toEqual(evidence);
    expect(error.fix).toContain('then run the same command again');
  });
});

describe('a hook after something', () => {
  it('says in its fix that the next run may not run it again', async () => {
    const call = createHookCaller(join(directory, 'hooks.yml'));
    const hook = { hook: 'a', when: 'after', action: { run: ['false'] }, timeoutSeconds: 30 } as const;
    const { signal } = new AbortController();
    await expect(call(hook, json, { signal })).rejects.toMatchObject({
      fix: expect.stringContaining('it does not run the hook, so run it yourself') as unknown,
    });
  });
});

describe('a hook with a URL', () => {
  it('gets the JSON by POST, with the headers of the file, over TLS with a custom CA', async () => {
    const got: { request: IncomingMessage; body: string }[] = [];
    const url = await listen((request, response) => {
      void text(request).then((body) => {
        got.push({ request, body });
        response.writeHead(204).end();
      });
    }, true);
    await call({ url: `${url}/rke?x=1`, headerFile: 'headers', caFile: 'ca.pem' });
    expect(got).toHaveLength(1);
    expect(got[0]).toMatchObject({
      body: json,
      request: {
        ...{ method: 'POST', url: '/rke?x=1' },
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer s3cr3t-t0ken',
          'x-team': 'a',
        },
      },
    });
  });

  it('with a certificate of another CA is not reached', async () => {
    const url = await listen((_, response) => response.end(), true);
    const error = await failureOf({ url });
    expect(error).toMatchObject({ code: 'HOOK_NOT_STARTED', exitCode: 11 });
    expect(error.message).toMatch(/^cannot reach https:\/\/127\.0\.0\.1:\d+\/: .*certificate/);
    expect(error.fix).toContain('ca_file');
  });

  it.each([300, 404, 500])(
    'that answers with %i has failed, and its answer is the evidence',
    async (status) => {
      const url = await listen((_, response) =>
        response.writeHead(status, { location: '/other' }).end('busy\n'),
      );
      expect(await failureOf({ url: `${url}/rke?token=abc` })).toMatchObject({
        code: 'HOOK_FAILED',
        message: `${url}/rke answered with status ${status} (hook a)`,
        details: { evidence: ['busy'] },
      });
    },
  );

  it('that quotes the token it was sent does not get it into the error', async () => {
    const answer: RequestListener = (request, response) =>
      response.writeHead(403).end(`bad credentials: ${request.headers.authorization?.slice(7)}`);
    const url = await listen(answer, true);
    const { details } = await failureOf({ url, headerFile: 'headers', caFile: 'ca.pem' });
    expect(details.evidence).toEqual(['bad credentials: (redacted)']);
  });

  it.each<[string, RequestListener]>([
    ['says nothing', () => undefined],
    ['sends headers and then nothing', (_, response) => response.writeHead(200).flushHeaders()],
  ])('that %s is given up in time', async (_what, answer) => {
    const url = await listen(answer);
    expect(await failureOf({ url }, 0.2)).toMatchObject({
      code: 'HOOK_TIMEOUT',
      message: `no answer of ${url}/ within 0.2 s (hook a)`,
    });
  });

  it('that nothing listens on is not reached', async () => {
    const url = await listen((_, response) => response.end());
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect((await failureOf({ url })).message).toMatch(/^cannot reach .*ECONNREFUSED/);
  });

  it('ends with the reason of an interruption', async () => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    const url = await listen(() => control.abort(reason));
    await expect(call({ url }, 30, control.signal)).rejects.toBe(reason);
  });

  it.each<[string, Partial<Record<'headerFile' | 'caFile', string>>, RegExp]>([
    ['headers', { headerFile: 'gone' }, /^cannot read header_file .*gone: no such file/],
    ['CA', { caFile: 'gone' }, /^cannot read ca_file .*gone: no such file/],
    ['a header that is none', { headerFile: 'ca.pem' }, /ca\.pem:1 is not a header$/],
  ])('without its %s is not called', async (_what, files, message) => {
    const error = await failureOf({ url: 'https://127.0.0.1:1', ...files });
    expect(error.code).toBe('HOOK_NOT_STARTED');
    expect(error.message).toMatch(message);
  });
});
