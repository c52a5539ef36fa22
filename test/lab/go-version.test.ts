import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { goProblem, leastGo } from './images/go-version.js';

const images = fileURLToPath(new URL('images/', import.meta.url));

describe('the Go that builds the images', () => {
  it.each(['go1.24', 'go1.24.0', 'go1.26.8\n', 'devel go1.25-f2d34f0', 'go2.0'])(
    '%s is enough',
    (version) => {
      expect(goProblem(version)).toBeUndefined();
    },
  );

  it.each([
    ['go1.19.8', 'this one is 1.19'],
    ['go1.23.12', 'this one is 1.23'],
    ['', 'there is none'],
    [undefined, 'there is none'],
  ])('is refused if it is %s', (version, words) => {
    expect(goProblem(version)).toContain(words);
    expect(goProblem(version)).toContain('go.dev/dl');
  });

  it('is as new as its modules require', async () => {
    const all = await readdir(images, { recursive: true });
    // traefik and versitygw need a newer one, but they are not among the images of every lab.
    const files = all.filter((name) => /^(?!traefik|versitygw).*go\.mod$/.test(name));
    const minors = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(join(images, name), 'utf8');
        // With a toolchain line, GOTOOLCHAIN=local could not build it either.
        expect(text, name).not.toMatch(/^toolchain /m);
        return Number(/^go 1\.(\d+)/m.exec(text)?.[1]);
      }),
    );
    expect(Math.max(...minors)).toBe(leastGo[1]);
  });
});
