import { join } from 'node:path';
import { makePair } from '../kube/tls-pair.js';
import { buildModule, modules } from './images/programs.js';
import type { LabNode } from './node.js';
import { logToStderr } from './settings.js';

const port = 9000;
const program = '/usr/local/bin/versitygw';
const root = '/srv/s3';
const pidFile = '/run/versitygw.pid';

/** A real S3 service (versitygw) on a node of a lab, by HTTPS under a CA of its own. A directory is a bucket. */
export class S3Server {
  readonly accessKey = 'AKIALAB';
  readonly secretKey = 'lab+secret/of=the&bucket';
  readonly bucket = 'snapshots';
  readonly region = 'eu-central-1';
  /** Certificate of the CA. */
  readonly ca: string;
  readonly endpoint: string;
  readonly #node: LabNode;

  private constructor(node: LabNode, ca: string) {
    this.#node = node;
    this.ca = ca;
    this.endpoint = `${node.address}:${port}`;
  }

  /** Installs the service on a node that has no cluster, and starts it. */
  static async create(node: LabNode): Promise<S3Server> {
    const ca = makePair('lab-s3-ca');
    const server = new S3Server(node, ca.cert);
    const pair = makePair('lab-s3', { issuer: ca, addresses: [node.address] });
    await node.copy(join(await buildModule(modules.versitygw, logToStderr), 'versitygw'), program);
    await node.must(['mkdir', '-p', `${root}/${server.bucket}`]);
    for (const [name, text] of [
      ['crt', pair.cert],
      ['key', pair.key],
    ] as const)
      await node.must(['tee', `/etc/versitygw.${name}`], { input: text });
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const keys = `ROOT_ACCESS_KEY='${this.accessKey}' ROOT_SECRET_KEY='${this.secretKey}'`;
    const tls = '--cert /etc/versitygw.crt --key /etc/versitygw.key';
    const command = `${program} --port ${this.endpoint} --region ${this.region} ${tls} --quiet posix --nometa ${root}`;
    // With sh as its parent, a killed service does not stay as a zombie.
    await this.#node.must([
      'sh',
      '-c',
      `${keys} setsid ${command} >/var/log/versitygw.log 2>&1 </dev/null & echo $! >${pidFile}`,
    ]);
    const ask = `curl -sk -o /dev/null -m 1 https://${this.endpoint}/`;
    const poll = `for i in $(seq 200); do ${ask} && exit 0; sleep 0.05; done; cat /var/log/versitygw.log >&2; exit 1`;
    await this.#node.must(['sh', '-c', poll]);
  }

  async stop(): Promise<void> {
    await this.#signal('KILL');
  }

  /** Accepts connections and does not answer. */
  async freeze(): Promise<void> {
    await this.#signal('STOP');
  }

  async unfreeze(): Promise<void> {
    await this.#signal('CONT');
  }

  /**
   * A second port that passes on only so many bytes to the service on each connection, and then closes it.
   *
   * @returns its endpoint
   */
  async cutAfter(bytes: number): Promise<string> {
    const cutPort = port + 1;
    await this.#node.must(['tee', '/usr/local/bin/cut-s3'], {
      input: `#!/bin/sh\nstdbuf -o0 head -c ${bytes} | socat - TCP:${this.endpoint}\n`,
    });
    await this.#node.must(['chmod', '+x', '/usr/local/bin/cut-s3']);
    const listen = `socat TCP-LISTEN:${cutPort},fork,reuseaddr EXEC:/usr/local/bin/cut-s3`;
    await this.#node.must(['sh', '-c', `setsid ${listen} >/dev/null 2>&1 </dev/null &`]);
    const isOpen = `for i in $(seq 100); do ss -Hltn 'sport = :${cutPort}' | grep -q . && exit 0; sleep 0.05; done; exit 1`;
    await this.#node.must(['sh', '-c', isOpen]);
    return `${this.#node.address}:${cutPort}`;
  }

  /** Paths of the objects in the bucket. */
  async objects(): Promise<string[]> {
    const found = await this.#node.must(['find', `${root}/${this.bucket}`, '-type', 'f', '-printf', '%P\n']);
    return found
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('.'))
      .sort();
  }

  sha256Of(key: string): Promise<string> {
    return this.#node.must(['sh', '-c', `sha256sum <'${root}/${this.bucket}/${key}' | cut -c 1-64`]);
  }

  /** Flips a byte in the middle of an object; done again, the object is as before. */
  async flip(key: string): Promise<void> {
    const read = 'n=$(($(stat -c %s "$1") / 2)); b=$(od -An -tu1 -j "$n" -N 1 "$1")';
    const write = String.raw`printf "\\$(printf %o $((b ^ 255)))" | dd of="$1" bs=1 seek="$n" conv=notrunc`;
    await this.#node.must(['sh', '-ec', `${read}; ${write}`, 'sh', `${root}/${this.bucket}/${key}`]);
  }

  async #signal(signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    await this.#node.must(['sh', '-c', `kill -${signal} "$(cat ${pidFile})"`]);
  }
}
