import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileErrorOf } from '../core/errors.js';
import { decodeUtf8 } from '../core/utf8.js';

/** The text of a file, or why there is none. */
export type FileText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/**
 * Reads a text file whose path the user wrote. Devices and named pipes, which may never end, and files that are too large are
 * refused before they are read.
 */
export async function readTextFile(path: string, maxMegabytes: number): Promise<FileText> {
  try {
    // Without O_NONBLOCK, opening a named pipe waits until somebody writes to it.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (found.isDirectory()) return { ok: false, why: 'it is a directory' };
    if (!found.isFile()) return { ok: false, why: 'it is not a regular file' };
    if (found.size > maxMegabytes * 1024 * 1024)
      return { ok: false, why: `it is larger than ${maxMegabytes} MB` };
    const text = decodeUtf8(await file.readFile());
    return text === undefined ? { ok: false, why: 'it is not UTF-8 text' } : { ok: true, text };
  } catch (error) {
    return { ok: false, why: fileErrorOf(error) };
  }
}
