import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bannedWords } from './tools/glossary.js';
import { userStringsOf, type UserString } from './tools/user-strings.js';

/**
 * Directories and files whose words are not clean yet, each with all below it. Whoever cleans one removes its line;
 * nothing may be added.
 */
const pending: readonly string[] = [];

const root = fileURLToPath(new URL('..', import.meta.url));

/** The glossary quotes what it bans. */
const exempt = ['docs/glossary.md'];

const sources = filesBelow('src', /\.ts$/);
const pages = ['README.md', ...filesBelow('docs', /\.md$/), ...filesBelow('examples', /\.(?:yml|ts)$/)];

describe('words', () => {
  it('of messages and help are those of docs/glossary.md', () => {
    expect(sources.flatMap((file) => faultsOf(file, userStringsOf(file, read(file))))).toEqual([]);
  });

  it('of docs and examples are those of docs/glossary.md', () => {
    expect(pages.flatMap((file) => faultsOf(file, linesOf(read(file))))).toEqual([]);
  });
});

function faultsOf(file: string, texts: readonly UserString[]): string[] {
  if (exempt.includes(file) || pending.some((path) => file === path || file.startsWith(`${path}/`)))
    return [];
  return texts.flatMap(({ line, text }) =>
    bannedWords(text).map(({ found, use }) => `${file}:${line}: "${found}" (use: ${use}) in: ${text.trim()}`),
  );
}

function linesOf(text: string): UserString[] {
  return text.split('\n').map((line, index) => ({ line: index + 1, text: line }));
}

function filesBelow(directory: string, pattern: RegExp): string[] {
  return readdirSync(`${root}${directory}`, { recursive: true, encoding: 'utf8' })
    .map((path) => `${directory}/${path.replaceAll('\\', '/')}`)
    .filter((path) => pattern.test(path))
    .sort();
}

function read(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}
