import type { S3Backup } from '../../src/config/cluster-spec.js';
import type { HostReader } from '../../src/host/host.js';
import type { S3Api, S3Listing, S3Object } from '../../src/s3/s3.js';

/** A bucket in memory, the same for every host. */
export class FakeS3 implements S3Api {
  readonly objects = new Map<string, S3Object>();
  /** What every request fails with. */
  failure: Error | undefined;
  /** The clock of the service. */
  time: number | undefined;

  put(key: string, bytes: number, modifiedAt = 0): void {
    this.objects.set(key, { key, bytes, modifiedAt });
  }

  async list(
    _host: HostReader,
    _bucket: S3Backup,
    { prefix }: { readonly prefix: string },
  ): Promise<S3Listing> {
    await this.#answer();
    return {
      objects: [...this.objects.values()].filter(({ key }) => key.startsWith(prefix)),
      time: this.time,
    };
  }

  async remove(_host: HostReader, _bucket: S3Backup, { key }: { readonly key: string }): Promise<void> {
    await this.#answer();
    this.objects.delete(key);
  }

  #answer(): Promise<void> {
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }
}
