import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadCluster } from '../../src/config/validate.js';
import type { VersionCatalog } from '../../src/versions/catalog.js';
import { ownVectors, vectorNames } from '../plan/vector.js';

/** Fragments that mutations insert: difficult ones for YAML, Go and JavaScript. */
const pieces = [
  ...[
    '',
    ' ',
    '\t',
    '\n',
    ':',
    '- ',
    '? ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '&a',
    '*a',
    '<<: *a',
    '!!binary ',
    '|',
    '>',
  ],
  ...[
    '~',
    'null',
    'yes',
    '0x1F',
    '0640',
    '1_000',
    '.inf',
    '.nan',
    '1e400',
    '-1',
    '99999999999999999999',
    '2001-01-01',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '\u0000',
    '\u2028',
    '\uFEFF',
    '\uD800',
    '${HOME}',
    '---\n',
    '...\n',
    '%YAML',
  ],
];

const texts = vectorNames(ownVectors).map((name) => readFileSync(`${ownVectors}/${name}.yml`, 'utf8'));

interface Mutation {
  readonly at: number;
  readonly length: number;
  readonly piece: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(5000),
  length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
  piece: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })),
});

/** Real cluster files with a few parts removed and others inserted. */
const document = fc
  .tuple(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([text, mutations]) =>
    mutations.reduce((result, { at, length, piece }) => {
      const place = result.length === 0 ? 0 : at % result.length;
      return result.slice(0, place) + piece + result.slice(place + length);
    }, text),
  );

/**
 * Reads mutated cluster files: each must be accepted or refused, with positions within the file, and quickly.
 *
 * @throws the error of fast-check, with the shortest text that fails
 */
export function fuzzConfig(catalog: VersionCatalog, runs: number, seed?: number): void {
  fc.assert(
    fc.property(document, fc.boolean(), (text, isLax) => {
      const started = performance.now();
      const loaded = loadCluster(text, {
        catalog,
        allowUnknown: isLax,
        allowDuplicateKeys: isLax,
        allowImageMismatch: isLax,
        forChange: !isLax,
        variables: isLax ? {} : undefined,
      });
      const lines = text.split(/\r\n|\r|\n/).length;
      const found = loaded.ok ? loaded.warnings : loaded.diagnostics;
      for (const { position, message } of found) {
        if (position !== undefined && (position.line < 1 || position.line > lines || position.column < 1))
          throw new Error(`a place outside of the file: ${position.line}:${position.column} ${message}`);
      }
      if (!loaded.ok && found.length === 0) throw new Error('refused without a reason');
      // Far above what any file takes, even on a busy machine: the limit only detects what never ends.
      if (performance.now() - started > 5000) throw new Error('it took more than five seconds');
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}
