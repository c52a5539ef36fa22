import type { RunContext } from '../../src/execute/run-context.js';
import type { EtcdApi } from '../../src/etcd/etcd.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { FakeS3 } from './s3.js';
import { fakeClock } from './clock.js';
import type { FakeHost } from './host.js';
import { recordingSink } from './recording-sink.js';

/** The context of a run, in memory; `change` overrides what a test is about. */
export function fakeContext(hosts: readonly FakeHost[], change: Partial<RunContext> = {}): RunContext {
  return {
    hosts: new Map(hosts.map((host) => [host.address, host])),
    kube: {} as KubeApi,
    etcd: {} as EtcdApi,
    s3: new FakeS3(),
    events: recordingSink(),
    limits: { operations: 10, pullsPerHost: 2 },
    clock: fakeClock(),
    signal: new AbortController().signal,
    certificates: {},
    probe: () => Promise.reject(new Error('nobody asks for health here')),
    packFiles: () => Promise.resolve(Buffer.of()),
    unpackFiles: () => Promise.resolve([]),
    explainWorkload: () => Promise.resolve([]),
    registryAuth: () => Promise.resolve(undefined),
    callHook: () => Promise.resolve(),
    recordEncryption: () => Promise.resolve(),
    ...change,
  };
}
