import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';

/** A file, or a directory if it has no content. */
export interface TarEntry {
  /** Absolute. */
  readonly path: string;
  readonly content?: string | Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Modification time in seconds since 1970; defaults to 0. */
  readonly mtime?: number;
}

/** A regular file of an archive, with its path there. */
export interface UnpackedFile {
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Modification time in whole seconds since 1970. */
  readonly mtime: number;
}

/** A tar to be unpacked at `/`. Docker creates missing parent directories. */
export async function packFiles(entries: readonly TarEntry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { path, content, mtime = 0, ...owner } of entries) {
    const header = {
      name: path.replace(/^\//, ''),
      ...owner,
      mtime: new Date(mtime * 1000),
      ...largeIds(owner),
    };
    if (content === undefined) pack.entry({ ...header, type: 'directory' });
    else pack.entry(header, content);
  }
  pack.finalize();
  return buffer(pack);
}

/** The regular files of a tar; links and directories are left out. */
export async function unpackFiles(archive: Buffer): Promise<UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  const extract = tar.extract();
  extract.end(archive);
  for await (const entry of extract) {
    const { name, type, mode, ...header } = entry.header;
    const large = header.pax as { readonly uid?: string; readonly gid?: string } | null;
    const uid = Number(large?.uid ?? header.uid);
    const gid = Number(large?.gid ?? header.gid);
    const mtime = Math.floor(header.mtime.getTime() / 1000);
    if (type === 'file')
      files.push({ path: name, content: await buffer(entry), mode: mode & 0o7777, uid, gid, mtime });
    else entry.resume();
  }
  return files;
}

/** An id that is too large for the plain header (tar-stream truncates it silently) goes into an extended one. */
function largeIds({ uid, gid }: Pick<TarEntry, 'uid' | 'gid'>): { readonly pax?: Record<string, string> } {
  return Math.max(uid, gid) <= 0o777777 ? {} : { pax: { uid: String(uid), gid: String(gid) } };
}
