import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A gzipped tar archive with the files in their order, without times and owners. */
export async function makeArchive(files: ReadonlyMap<string, string>): Promise<Buffer> {
  const archive = pack();
  const content = buffer(archive);
  for (const [name, text] of files) archive.entry({ name, mode: 0o644, mtime: new Date(0) }, text);
  archive.finalize();
  return gzipSync(await content, { level: 9 });
}
