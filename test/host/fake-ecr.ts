import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface EcrRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** True if the signature is the one that AWS computes with the secret key. */
  readonly isSigned: boolean;
}

/** The API of ECR: returns passwords for requests signed with its secret key. */
export class FakeEcr implements AsyncDisposable {
  readonly requests: EcrRequest[] = [];
  /** When the next password expires, in milliseconds since 1970. */
  endsAt = Date.now() + 12 * 3_600_000;
  /** The response instead of a password. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  readonly #secret: string;
  readonly #server: Server;

  private constructor(secret: string) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const { headers } = request;
        const isSigned =
          headers.authorization?.endsWith(`Signature=${this.#signature(headers, body)}`) ?? false;
        this.requests.push({ headers, body, isSigned });
        const { status, body: answer } = this.refusal ?? { status: 200, body: this.#password() };
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(answer);
      });
    });
  }

  static async start(secret: string): Promise<FakeEcr> {
    const fake = new FakeEcr(secret);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #password(): string {
    const authorizationToken = Buffer.from(`AWS:pass:word-${this.requests.length}`).toString('base64');
    return JSON.stringify({ authorizationData: [{ authorizationToken, expiresAt: this.endsAt / 1000 }] });
  }

  /** Signature Version 4, as AWS documents it. */
  #signature(headers: IncomingMessage['headers'], body: string): string {
    const [, scope = '', names = ''] =
      /Credential=[^/]+\/(\S+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
    const sha = (value: string): string => createHash('sha256').update(value).digest('hex');
    const canonical = names.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
    const request = ['POST', '/', '', canonical.join(''), names, sha(body)].join('\n');
    const [date = '', region = '', service = '', end = ''] = scope.split('/');
    const key = [date, region, service, end].reduce<string | Buffer>(
      (above, part) => createHmac('sha256', above).update(part).digest(),
      `AWS4${this.#secret}`,
    );
    const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(request)].join('\n');
    return createHmac('sha256', key).update(toSign).digest('hex');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
