import { describe, expect, it } from 'vitest';
import { base, errorsOf, found, foundWhileRunning } from './found.js';

const registry = (url: string, more = ''): string =>
  `${base}private_registries:\n  - { url: ${JSON.stringify(url)}, user: u, password: p${more} }\n`;

describe('an invalid registry URL', () => {
  it.each<[url: string, expected: string]>([
    ['https://registry.example.org/', 'a registry has no scheme; write registry.example.org'],
    ['http://registry.example.org:5000', 'write registry.example.org:5000'],
    ['HTTPS://registry.example.org/qa/mirror/', 'write registry.example.org/qa/mirror'],
    ['registry.example.org/', 'write registry.example.org'],
    ['registry.example.org//', 'write registry.example.org'],
    ['registry.example.org:5000/qa//mirror', 'write registry.example.org:5000/qa/mirror'],
    ['registry.example.org/v2/', 'write registry.example.org'],
    ['https://index.docker.io/v1/', 'write docker.io'],
    [' registry.example.org', 'leading or trailing space; write registry.example.org'],
    ['registry.example.org/QA', 'the path must be in lower case; write registry.example.org/qa'],
    ['registry.example.org:port', 'expected host, host:port or host:port/path'],
    ['registry example', 'expected host, host:port or host:port/path'],
    ['registry.example.org/qa:latest', 'expected host, host:port or host:port/path'],
  ])('is refused: %s', (url, expected) => {
    for (const more of ['', ', is_default: true']) {
      const [finding, ...others] = errorsOf(found(registry(url, more)));
      expect(finding).toMatch(/^error 7:12 private_registries\[0\]\.url: /);
      expect(finding).toContain(expected);
      expect(others).toEqual([]);
      expect(errorsOf(foundWhileRunning(registry(url, more)))).toEqual([]);
    }
  });

  it.each([
    'docker.io',
    'registry.example.org',
    'Registry.example.org:5000',
    'localhost:5000/qa',
    '10.0.0.9:5000',
    '[fd00::9]:5000/qa/mirror_1',
    'gcr.example.org/my-project',
    '',
  ])('is not reported for "%s"', (url) => {
    expect(found(registry(url))).toEqual([]);
    expect(found(registry(url, ', is_default: true')).filter((line) => line.includes('registr'))).toEqual([]);
  });
});

it('warns about two default registries and duplicate URLs', () => {
  const text = `${base}private_registries:
  - { url: a.example.org, is_default: true }
  - { url: b.example.org, is_default: true }
  - { url: a.example.org, user: u, password: p }
`;
  expect(found(text)).toEqual([
    expect.stringMatching(
      /^warning 8:\d+ private_registries\[1\]\.is_default: .*only the first default is used/,
    ),
    expect.stringMatching(/^warning 9:\d+ private_registries\[2\]\.url: .*private_registries\[0\]/),
  ]);
});

describe('a default registry whose name Docker does not read as a host', () => {
  const file = (url: string): string => `${base}private_registries: [{ url: ${url}, is_default: true }]\n`;

  it.each(['harbor', 'harbor/mirror'])('is warned about: %s', (url) => {
    expect(found(file(url))).toEqual([
      expect.stringMatching(/^warning 6:\d+ private_registries\[0\]\.url: .*add the port: harbor:443/),
    ]);
  });

  it.each(['"harbor:5000"', 'localhost', 'r.example.org/x', 'Harbor'])('is not reported for %s', (url) => {
    expect(found(file(url))).toEqual([]);
  });
});
