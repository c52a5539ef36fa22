import { hash } from '../../src/core/stable.js';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { parseEncryption } from '../../src/plan/encryption/parse-encryption.js';
import type { EncryptionPair } from '../../src/plan/encryption/encryption-step.js';
import { encryptionFile } from '../../src/plan/encryption/encryption-configuration.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { observedFrom, samplePlan } from './cluster.js';

const flag = `--encryption-provider-config=${encryptionFile}`;
const everything: readonly Role[] = ['etcd', 'controlplane', 'worker'];

/** A plan that encrypts Secrets with a configuration; no encryption if it is empty. */
export function planWith(controlPlanes: number, text: string): ClusterPlan {
  const plan = samplePlan(Array.from({ length: controlPlanes }, () => everything));
  return text === '' ? plan : { ...plan, nodes: plan.nodes.map((node) => encrypting(node, text)) };
}

function encrypting(node: NodePlan, text: string): NodePlan {
  const containers = node.containers.map((one) =>
    one.name === 'kube-apiserver' ? { ...one, entrypoint: [...one.entrypoint, flag] } : one,
  );
  const file = { path: encryptionFile, content: `${text}\n`, mode: 0o600, uid: 0, gid: 0 };
  return { ...node, containers, files: [...node.files, file] };
}

/** An API server: the file on its host, the flag to read it, and what it has read. */
interface ApiServer {
  file: string;
  flagged: boolean;
  read: string;
}

/**
 * API servers that store Secrets by their configuration in one etcd. After every operation each of them writes a
 * Secret, and must be able to read all Secrets.
 */
export class EncryptedCluster {
  /** The saved state; it survives an interrupted run. */
  pair: EncryptionPair;
  readonly servers: ReadonlyMap<string, ApiServer>;
  /** The key with which each Secret is stored, by name; empty for clear text. */
  readonly secrets = new Map<string, string>();
  #written = 0;

  constructor(controlPlanes: number, text: string) {
    this.pair = { desired: text, current: text };
    this.servers = new Map(
      planWith(controlPlanes, text).nodes.map(({ node }) => [
        node.address,
        { file: text, flagged: text !== '', read: text },
      ]),
    );
    this.write();
  }

  observe(): ObservedCluster {
    const [first] = this.servers.values();
    const { hosts, kube } = observedFrom(planWith(this.servers.size, first?.flagged === true ? 'any' : ''));
    const now = [...hosts].map(([address, host]) => {
      const server = this.servers.get(address);
      const plan = planWith(this.servers.size, server?.flagged === true ? 'any' : '');
      const containers = observedFrom(plan).hosts.get(address)?.containers ?? host.containers;
      const files = new Map(host.files);
      files.delete(encryptionFile);
      if (server !== undefined && server.file !== '')
        files.set(encryptionFile, {
          sha256: hash('sha256', `${server.file}\n`),
          mode: 0o600,
          uid: 0,
          gid: 0,
        });
      return [address, { ...host, containers, files }] as const;
    });
    return { hosts: new Map(now), kube };
  }

  perform(operation: Operation): void {
    const server = this.servers.get(operation.host ?? '');
    if (operation.kind === 'put-files') {
      const content = operation.files.find(({ path }) => path === encryptionFile)?.content;
      if (server !== undefined && content !== undefined) server.file = content.slice(0, -1);
    } else if (operation.kind === 'remove-file') {
      if (server?.flagged === true) throw new Error(`${operation.host ?? ''} still needs the file`);
      if (server !== undefined) server.file = '';
    } else if (operation.kind === 'restart-container' && operation.name === 'kube-apiserver') {
      this.restart(operation.host ?? '');
    } else if (operation.kind === 'replace-container' && operation.container.name === 'kube-apiserver') {
      if (server !== undefined) server.flagged = operation.container.entrypoint.includes(flag);
      this.restart(operation.host ?? '');
    } else if (operation.kind === 'rewrite-secrets') {
      for (const name of this.secrets.keys())
        this.secrets.set(name, this.#keyOf([...this.servers.values()][0]));
    } else if (operation.kind === 'record-encryption') {
      this.pair = { desired: operation.desired, current: operation.current };
    }
    this.check(operation.id);
    this.write();
    this.check(operation.id);
  }

  /** A restart or a crash: the current file is read again. */
  restart(host: string): void {
    const server = this.servers.get(host);
    if (server === undefined) return;
    if (server.flagged && server.file === '') throw new Error(`${host} cannot start without its file`);
    server.read = server.flagged ? server.file : '';
  }

  /** Writes a Secret with every API server. */
  write(): void {
    for (const server of this.servers.values()) {
      this.#written += 1;
      this.secrets.set(`secret-${this.#written}`, this.#keyOf(server));
    }
  }

  /** @throws if an API server cannot read a Secret */
  check(when: string): void {
    for (const [host, { read }] of this.servers) {
      const keys = (parseEncryption(read)?.keys ?? []).map(({ secret }) => secret);
      const lost = [...this.secrets].find(([, key]) => key !== '' && !keys.includes(key));
      if (lost !== undefined) throw new Error(`after ${when}, ${host} cannot read ${lost[0]}`);
    }
  }

  #keyOf(server: ApiServer | undefined): string {
    const own = parseEncryption(server?.read ?? '');
    return own === undefined || own.ending ? '' : (own.keys[0]?.secret ?? '');
  }
}
