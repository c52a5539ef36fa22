import { echoEscapes } from '../../core/echo-escapes.js';
import { isRecord } from '../../core/stable.js';
import { goJson } from '../../core/go-json.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/**
 * Strings in the block of a cloud provider that the provider would read differently from cluster.yml: the file on the hosts goes
 * through `echo -e` and is parsed by gcfg, where `#`, `;`, `"` and `\` are special, or as JSON (azure). Messages do not contain
 * the string: it may be a secret.
 */
export const cloudValueRules: Rule = ({ config }) => {
  const provider: Readonly<Record<string, unknown>> = config.cloudProvider ?? {};
  const harvester = provider['harvesterCloudProvider'];
  // A custom text replaces all blocks.
  if ((provider['customCloudProvider'] ?? '') !== '')
    return checkCustomFile('customCloudProvider', provider['customCloudProvider']);
  return [
    ...(isRecord(harvester)
      ? checkCustomFile('harvesterCloudProvider.cloud_config', harvester['cloudConfig'])
      : []),
    ...checkBlock('azureCloudProvider', provider['azureCloudProvider'], 'json'),
    ...checkBlock('vsphereCloudProvider', provider['vsphereCloudProvider'], 'quoted'),
    ...checkBlock('openstackCloudProvider', provider['openstackCloudProvider'], 'ini'),
    ...checkBlock('awsCloudProvider', provider['awsCloudProvider'], 'ini'),
  ];
};

/** vSphere's template quotes each value; go-ini quotes values with leading or trailing spaces, or line breaks. */
type Style = 'quoted' | 'ini' | 'json';

function checkBlock(path: string, block: unknown, style: Style): Finding[] {
  return stringsOf(`cloud_provider.${path}`, block)
    .filter(([, text]) => !arrives(text, style))
    .map(([where]) =>
      refusal(
        'cloud-config',
        where,
        `the cloud provider would read another value than this string; ${remedies[style]}`,
      ),
    );
}

const escapes = String.raw`\\\\ for each backslash and \" for each double quote`;
const remedies: Readonly<Record<Style, string>> = {
  quoted: `write ${escapes}, on one line`,
  json: String.raw`write \\ for each backslash, on one line`,
  ini: `write double quotes around it that are part of the value ('"…"'), ${escapes}, on one line`,
};

/** All strings in a block by path; sections have snake_case names in cluster.yml. */
function stringsOf(path: string, value: unknown): (readonly [string, string])[] {
  if (typeof value === 'string') return value === '' ? [] : [[path, value]];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const key = isRecord(member)
      ? name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      : name;
    return stringsOf(`${path}.${key}`, member);
  });
}

/** True if the provider reads the text unchanged, or reads what the escaped text means. */
function arrives(text: string, style: Style): boolean {
  if (style === 'json') return arrivesAsJson(text);
  const read = readGcfg(echoEscapes(lineOf(text, style)).replace(/\n$/, ''));
  if (read === undefined) return false;
  if (read === text) return true;
  const escaped = read.replaceAll('\\', '\\\\\\\\').replaceAll('"', '\\"');
  const written = text.replaceAll('\\\\"', '\\"');
  return written === (style === 'quoted' ? escaped : `"${escaped}"`);
}

/** Azure's file is JSON: `echo -e` interprets its backslashes first and turns each pair into one. */
function arrivesAsJson(text: string): boolean {
  const read = readJson(echoEscapes(goJson(text)).replace(/\n$/, ''));
  return typeof read === 'string' && (read === text || text === read.replaceAll('\\', '\\\\'));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A complete custom file in an unknown format: reports what `echo -e` changes in it. Four backslashes are taken as deliberate:
 * they become two.
 */
function checkCustomFile(key: string, text: unknown): Finding[] {
  if (typeof text !== 'string') return [];
  const plain = text.replaceAll(/(?<!\\)(?:\\{4})+(?!\\)/g, '');
  if (echoEscapes(plain) === `${plain}\n`) return [];
  return [
    warning(
      'cloud-config',
      `cloud_provider.${key}`,
      'the file on the hosts will differ from this text: `echo -e` interprets its backslashes, the same as RKE v1; write each backslash twice',
    ),
  ];
}

function lineOf(text: string, style: Style): string {
  if (style === 'quoted') return `"${text}"`;
  if (/[\n`]/.test(text)) return `"""${text}"""`;
  return text.trim() === text ? text : `"${text}"`;
}

const gcfgEscapes: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t', b: '\b' };

/** A value as gopkg.in/gcfg.v1 reads it (scanner.go scanValString); undefined if gcfg refuses the file because of it. */
function readGcfg(line: string): string | undefined {
  let value = '';
  let end = 0;
  let isQuoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (!isQuoted && /[#;]/.test(character)) break;
    if (character === '\n' || (character === '\\' && !isQuoted)) return undefined;
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\') {
      index += 1;
      const meant = gcfgEscapes[line[index] ?? ''];
      if (meant === undefined) return undefined;
      value += meant;
    } else if (character !== '\r') value += character;
    if (isQuoted || !/\s/.test(character)) end = value.length;
  }
  return isQuoted ? undefined : value.slice(0, end);
}
