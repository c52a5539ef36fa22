import { execFile } from 'node:child_process';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import type { LabNode } from '../lab/node.js';
import type { Kubectl } from './kubectl.js';
import type { RkeFolder } from './rke.js';

/** The host name of the Ingress. No DNS has it: clients ask a node for it. */
export const ingressHost = 'web.example.org';

const secretName = 'web-tls';

/** An Ingress for the Service `web` (workload.ts). */
export function ingressManifest(name: string, annotations: Readonly<Record<string, string>> = {}): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, annotations: ${JSON.stringify(annotations)} }
spec:
  tls: [{ hosts: [${ingressHost}], secretName: ${secretName} }]
  rules:
    - host: ${ingressHost}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;
}

/** Creates a certificate in the directory, its Secret, and the Ingress `web`. @returns the certificate */
export async function createIngress(
  kubectl: Kubectl,
  folder: RkeFolder,
  annotations?: Readonly<Record<string, string>>,
): Promise<string> {
  await promisify(execFile)(
    'openssl',
    [
      ...'req -x509 -newkey rsa:2048 -nodes -days 2 -keyout tls.key -out tls.crt'.split(' '),
      ...['-subj', `/CN=${ingressHost}`, '-addext', `subjectAltName=DNS:${ingressHost}`],
    ],
    { cwd: folder.path },
  );
  const [certificate, key] = await Promise.all([folder.read('tls.crt'), folder.read('tls.key')]);
  const secret = {
    ...{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: secretName } },
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(secret));
  await kubectl(['apply', '-f', '-'], ingressManifest('web', annotations));
  return certificate;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Question {
  /** Asks by HTTPS, and fails for any other certificate. */
  readonly certificate?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the ingress controller of a node for a host name. */
export function askIngress(
  node: LabNode,
  host: string,
  { certificate, headers }: Question = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: node.address, headers: { ...headers, host }, agent: false, timeout: 5000 };
    const read = (answer: IncomingMessage): void => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.once('error', reject).once('end', () => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: body.trim() });
      });
    };
    const request =
      certificate === undefined
        ? requestHttp(options, read)
        : requestHttps({ ...options, servername: host, ca: certificate }, read);
    request.once('error', reject).once('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.end();
  });
}

/** Every node answers for the host name, by HTTPS with the certificate, as soon as its controller knows the Ingress. */
export async function expectIngressServes(nodes: readonly LabNode[], certificate: string): Promise<void> {
  for (const node of nodes)
    await vi.waitFor(
      async () => {
        const { status, body } = await askIngress(node, ingressHost, { certificate });
        expect([status, body], node.hostname).toEqual([200, expect.stringMatching(/^hello from /)]);
      },
      { timeout: 60_000, interval: 500 },
    );
}
