import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKubeApi } from '../../src/kube/client.js';
import { readAnswer } from '../../src/kube/read-answer.js';
import { adminCertificates, FakeApi, status } from './fake-api.js';

const signal = new AbortController().signal;
const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' };

let api: FakeApi;
let kube: ReturnType<typeof createKubeApi>;
beforeEach(async () => {
  api = await new FakeApi('10.0.0.1').listen();
  kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
});
afterEach(async () => {
  await kube[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

it('an endless response is read up to the limit, and its connection is closed', async () => {
  let made = 0;
  const endless = Readable.from(
    (function* () {
      for (;;) {
        made += 1;
        yield Buffer.alloc(1024);
      }
    })(),
  );
  const response = Object.assign(endless, { headers: {}, statusCode: 200 });
  await expect(readAnswer(response, 2 ** 20)).rejects.toThrow('the answer is longer than 1 MiB');
  expect(endless.destroyed).toBe(true);
  expect(made).toBeLessThan(1100);
});

it('a response that announces more than any cluster has is refused immediately, and not requested again', async () => {
  api.answer = () => ({ body: 'x', headers: { 'content-length': String(2 ** 30) } });
  await expect(kube.list(node, { signal, patient: true })).rejects.toMatchObject({
    code: 'KUBE_ANSWER_TOO_LARGE',
    exitCode: 7,
    host: '10.0.0.1',
    message: 'kube-apiserver: the answer is longer than 400 MiB',
  });
  expect(api.seen).toHaveLength(1);
});

it('a long refusal is reported with its beginning', async () => {
  api.answer = () => ({ status: 422, body: status(422, 'x'.repeat(100_000)) });
  const error = await kube.get(node, { signal }).catch((reason: unknown) => reason);
  expect((error as Error).message.length).toBeLessThan(1100);
});

it('a response that is not a list of kinds is an invalid answer of the API', async () => {
  api.discovery = 'not JSON';
  await expect(kube.get(node, { signal })).rejects.toMatchObject({ code: 'KUBE_BAD_ANSWER', exitCode: 7 });
});
