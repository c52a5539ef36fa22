import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An organization's authorities, kept by people with openssl: a root, and one below it that signs the cluster's requests. */
export class OwnCa {
  readonly #safe: string;
  readonly #certDir: string;

  private constructor(safe: string, certDir: string) {
    this.#safe = safe;
    this.#certDir = certDir;
  }

  /**
   * @param safe where keys of the authorities are, which is not where rke looks
   * @param certDir the folder of `rke cert generate-csr`; gets the certificate of the lower one as kube-ca.pem
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
    // What a client that does not stop at the lower one needs, as docs/certificates.md says.
    const chain = await Promise.all([join(certDir, 'kube-ca.pem'), ca.root].map((file) => readFile(file)));
    await writeFile(ca.chain, Buffer.concat(chain));
    return ca;
  }

  get root(): string {
    return join(this.#safe, 'root.pem');
  }

  /** The lower one's certificate and the root's. */
  get chain(): string {
    return join(this.#safe, 'chain.pem');
  }

  /** Signs as docs/certificates.md says. */
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

  /** Signs every request that there is; gives their names. */
  async signAll(days: number): Promise<string[]> {
    const files = (await readdir(this.#certDir)).filter((file) => file.endsWith('-csr.pem'));
    const names = files.map((file) => file.replace('-csr.pem', ''));
    for (const name of names) await this.sign(name, days);
    return names;
  }

  /** Both private keys, in each form in which one may be written down. */
  async keys(): Promise<string[]> {
    const texts = ['root', 'lower'].flatMap((name) => [
      readFile(join(this.#safe, `${name}-key.pem`), 'utf8'),
      this.openssl('rsa', '-traditional', '-in', `${name}-key.pem`),
    ]);
    return Promise.all(texts);
  }

  /** Runs openssl where the authorities' keys are; throws where it ends with another code than 0. */
  async openssl(...args: readonly string[]): Promise<string> {
    const running = run('openssl', args, { cwd: this.#safe });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return args[0] === 's_client' ? stdout + stderr : stdout;
  }
}
