import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The CAs of an organization, managed with openssl: a root CA, and an intermediate CA that signs the cluster's requests. */
export class OwnCa {
  readonly #safe: string;
  readonly #certDir: string;

  private constructor(safe: string, certDir: string) {
    this.#safe = safe;
    this.#certDir = certDir;
  }

  /**
   * @param safe directory of the CAs' keys, which rke does not read
   * @param certDir directory of `rke cert generate-csr`; gets the certificate of the intermediate CA as kube-ca.pem
   */
  static async create(safe: string, certDir: string): Promise<OwnCa> {
    const ca = new OwnCa(safe, certDir);
    await mkdir(safe, { recursive: true, mode: 0o700 });
    await ca.openssl(
      ...'req -x509 -newkey rsa:2048 -nodes -days 3650 -keyout root-key.pem -out root.pem'.split(' '),
      ...['-subj', '/O=Example/CN=Example Root'],
    );
    await ca.openssl(
      ...'req -new -newkey rsa:2048 -nodes -keyout lower-key.pem -out lower-csr.pem'.split(' '),
      ...['-subj', '/O=Example/CN=Example Kubernetes'],
    );
    await writeFile(
      join(safe, 'lower.cnf'),
      'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n',
    );
    await ca.openssl(
      ...'x509 -req -in lower-csr.pem -CA root.pem -CAkey root-key.pem -days 1000 -extfile lower.cnf'.split(
        ' ',
      ),
      ...['-out', join(certDir, 'kube-ca.pem')],
    );
    // For clients that require the chain up to the root, see docs/certificates.md.
    const chain = await Promise.all([join(certDir, 'kube-ca.pem'), ca.root].map((file) => readFile(file)));
    await writeFile(ca.chain, Buffer.concat(chain));
    return ca;
  }

  get root(): string {
    return join(this.#safe, 'root.pem');
  }

  /** The certificates of the intermediate CA and the root CA. */
  get chain(): string {
    return join(this.#safe, 'chain.pem');
  }

  /** Signs a request as documented in docs/certificates.md. */
  async sign(name: string, days: number): Promise<void> {
    const inDir = (end: string): string => join(this.#certDir, `${name}${end}`);
    await this.openssl(
      ...['x509', '-req', '-in', inDir('-csr.pem'), '-out', inDir('.pem'), '-days', String(days)],
      ...[
        '-CA',
        join(this.#certDir, 'kube-ca.pem'),
        '-CAkey',
        'lower-key.pem',
        '-copy_extensions',
        'copyall',
      ],
    );
  }

  /** Signs all requests. @returns their names */
  async signAll(days: number): Promise<string[]> {
    const files = (await readdir(this.#certDir)).filter((file) => file.endsWith('-csr.pem'));
    const names = files.map((file) => file.replace('-csr.pem', ''));
    for (const name of names) await this.sign(name, days);
    return names;
  }

  /** Both private keys, in each form in which they may appear. */
  async keys(): Promise<string[]> {
    const texts = ['root', 'lower'].flatMap((name) => [
      readFile(join(this.#safe, `${name}-key.pem`), 'utf8'),
      this.openssl('rsa', '-traditional', '-in', `${name}-key.pem`),
    ]);
    return Promise.all(texts);
  }

  /** Runs openssl in the directory of the CAs' keys. @throws if it exits non-zero */
  async openssl(...args: readonly string[]): Promise<string> {
    const running = run('openssl', args, { cwd: this.#safe });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return args[0] === 's_client' ? stdout + stderr : stdout;
  }
}
