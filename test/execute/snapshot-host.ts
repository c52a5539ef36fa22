import { dockerError, type RkeError } from '../../src/core/errors.js';
import { saveSnapshot } from '../../src/execute/handlers/save-snapshot.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { sampleContainer } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { FakeS3 } from '../fakes/s3.js';

/** The containers of a snapshot. */
export const once = 'etcd-snapshot-once';
export const checker = 'etcd-checksum-checker';
export const remover = 'etcd-remove-snapshot';

type SaveSnapshot = OperationOf<'save-snapshot'>;

export const operation: SaveSnapshot = {
  id: 'snapshot@10.0.0.1',
  stage: 'snapshot',
  title: 'save an etcd snapshot',
  host: '10.0.0.1',
  after: [],
  kind: 'save-snapshot',
  name: 'nightly',
  container: {
    ...helperContainer(once, 'tools'),
    cmd: ['save', '--once', '--name', 'nightly'],
    binds: ['/opt/rke/etcd-snapshots/:/backup', '/etc/kubernetes:/etc/kubernetes'],
  },
  timeoutSeconds: 120,
  state: '{"desiredState":{}}',
};

export const object = 'prod/nightly.zip';
const result = 'bytes=2048\ndatabase=4096\nsha256=abc\nstatus={"revision":7,"totalKey":3}\n';

/** An etcd host in memory that takes a snapshot of 2048 bytes, and uploads it if it is to. */
export class SnapshotHost {
  readonly host = new FakeHost('10.0.0.1');
  readonly bucket = new FakeS3();
  /** Exit codes of containers; 0 unless given. */
  readonly codes = new Map<string, number>();
  readonly logs = new Map<string, string[]>();
  /** Limits of the waits for containers. */
  readonly waits: (number | undefined)[] = [];
  /** Files that containers got. */
  packed: { readonly path: string; readonly content?: string | Buffer }[] = [];
  /** What the container that takes the snapshot does to the bucket. */
  upload = (): void => this.bucket.put(object, 2048);
  context: RunContext & { readonly events: ReturnType<typeof recordingSink> };

  constructor() {
    const { docker } = this.host;
    this.host.run(sampleContainer('etcd'));
    docker.wait = (name, { milliseconds }) => {
      this.waits.push(milliseconds);
      if (name === once && this.codes.get(once) === undefined) this.upload();
      return Promise.resolve(this.codes.get(name) ?? 0);
    };
    docker.logs = (name) => Promise.resolve(this.logs.get(name) ?? []);
    docker.getArchive = () => Promise.resolve(Buffer.of(1));
    const file = { path: 'rke-snapshot', content: Buffer.from(result), mode: 0o600, uid: 0, gid: 0 };
    this.context = {
      ...fakeContext([this.host], {
        s3: this.bucket,
        unpackFiles: () => Promise.resolve([file]),
        packFiles: (files) => {
          this.packed = [...files];
          return Promise.resolve(Buffer.of());
        },
      }),
      events: recordingSink(),
    };
  }

  /** A container does not end in time. */
  hang(container: string): void {
    const { docker, address } = this.host;
    const end = docker.wait.bind(docker);
    const error: RkeError = dockerError('DOCKER_TIMEOUT', 'did not exit', { host: address });
    docker.wait = (name, options) => (name === container ? Promise.reject(error) : end(name, options));
  }

  save(change: Partial<SaveSnapshot> = {}): Promise<void> {
    return saveSnapshot(this.host, { ...operation, ...change }, this.context, () => undefined);
  }

  failure(change: Partial<SaveSnapshot> = {}): Promise<unknown> {
    return this.save(change).catch((error: unknown) => error);
  }

  /** Arguments of the containers that removed something. */
  removed(): readonly string[] {
    return this.host.created.get(remover)?.flatMap(({ cmd }) => cmd) ?? [];
  }

  saved(): unknown[] {
    return this.context.events.events.filter(({ type }) => type === 'snapshot-saved');
  }
}
