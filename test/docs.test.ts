import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../src/core/codes/error-codes.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' });
const pages = [
  'README.md',
  ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`),
].sort();

const widestTableLine = 160;

describe('docs', () => {
  it('link to files and headings that exist', () => {
    const broken = pages.flatMap((page) =>
      linksOf(read(page))
        .filter((link) => !exists(page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('name functions that the linked source file declares', () => {
    const unknown = pages.flatMap((page) =>
      [...read(page).matchAll(/\[`(\w+)`\]\(([^)\s]+\.ts)\)/g)]
        .filter(([, name = '', link = '']) => !declares(posix.join(dirname(page), link), name))
        .map(([text]) => `${page}: ${text}`),
    );
    expect(unknown).toEqual([]);
  });

  it('name source files that exist', () => {
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(/`((?:src|test|examples)\/[\w./-]+)`/g)]
        .map(([, path = '']) => path)
        .filter((path) => !path.includes('NAME') && !existsSync(`${root}${path}`))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('quote only error codes that exist', () => {
    const unknown = pages.flatMap((page) =>
      [
        ...read(page).matchAll(
          /`((?:SSH|HOST_KEY|DOCKER|PULL|ECR|STATE|KUBECONFIG|ENCRYPTION|CHECK|CA|ETCD)_[A-Z_]*[A-Z])`/g,
        ),
      ]
        .map(([, code = '']) => code)
        .filter((code) => !(code in errorCodes) && !variables.includes(code))
        .map((code) => `${page}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it(`keep tables to ${widestTableLine} characters`, () => {
    const tooWide = pages.flatMap((page) =>
      read(page)
        .split('\n')
        .flatMap((line, index) =>
          line.startsWith('|') && line.length > widestTableLine
            ? [`${page}:${index + 1}: ${line.length}`]
            : [],
        ),
    );
    expect(tooWide).toEqual([]);
  });
});

const variables = ['SSH_AUTH_SOCK', 'DOCKER_HOST'];

function read(page: string): string {
  return readFileSync(`${root}${page}`, 'utf8');
}

function declares(file: string, name: string): boolean {
  return (
    existsSync(`${root}${file}`) && new RegExp(`\\b(?:function|class|const) ${name}\\b`).test(read(file))
  );
}

/** Relative links, without those in code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function exists(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const file = path === '' ? page : posix.join(dirname(page), path);
  if (!existsSync(`${root}${file}`)) return false;
  return heading === undefined || headingsOf(read(file)).includes(heading);
}

/** Anchors of the headings of a page, as GitHub makes them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
