import { dockerError, type RkeError } from '../../src/core/errors.js';
import { checkExits, checkMark } from '../../src/reconcile/snapshots/check-script.js';
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
  /**
   * Exit codes of what takes the snapshot and of what checks it, by the names of containers; 0 unless given. Both run in the first, and
   * the second exists only if the first did not end.
   */
  readonly codes = new Map<string, number>();
  readonly logs = new Map<string, string[]>();
  /** What does not end, by the same names. */
  readonly hanging = new Set<string>();
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
      const isInTime = ![name, ...(name === once ? [checker] : [])].some((one) => this.hanging.has(one));
      return isInTime ? Promise.resolve(this.endOf(name)) : Promise.reject(timedOut(this.host));
    };
    docker.logs = (name) => Promise.resolve(this.linesOf(name));
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

  private endOf(name: string): number {
    const [taken, check] = [this.codes.get(once) ?? 0, this.codes.get(checker) ?? 0];
    if (name !== once) return this.codes.get(name) ?? 0;
    return check !== 0 || taken === 0 ? check : checkExits.toolFailed;
  }

  private linesOf(name: string): string[] {
    const lines = this.logs.get(name) ?? [];
    if (name !== once || this.hanging.has(once)) return lines;
    return [...lines, `${checkMark}${this.codes.get(once) ?? 0}`, ...(this.logs.get(checker) ?? [])];
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

const timedOut = ({ address: host }: FakeHost): RkeError =>
  dockerError('DOCKER_TIMEOUT', 'did not exit', { host });
