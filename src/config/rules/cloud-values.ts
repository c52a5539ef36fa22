import { echoEscapes } from '../../core/echo-escapes.js';
import { isRecord } from '../../core/stable.js';
import { goJson } from '../../core/go-json.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/**
 * Texts of a cloud provider's block that the provider reads otherwise than they are in cluster.yml: the file on the hosts goes
 * through `echo -e` and is read by gcfg, where `#`, `;`, `"` and `\` mean something, or as JSON (azure). No message has the
 * text: it may be a secret.
 */
export const cloudValueRules: Rule = ({ config }) => {
  const provider: Readonly<Record<string, unknown>> = config.cloudProvider ?? {};
  const harvester = provider['harvesterCloudProvider'];
  // A text of the file's own replaces every block.
  if ((provider['customCloudProvider'] ?? '') !== '')
    return ownText('customCloudProvider', provider['customCloudProvider']);
  return [
    ...(isRecord(harvester) ? ownText('harvesterCloudProvider.cloud_config', harvester['cloudConfig']) : []),
    ...blockFindings('azureCloudProvider', provider['azureCloudProvider'], 'json'),
    ...blockFindings('vsphereCloudProvider', provider['vsphereCloudProvider'], 'quoted'),
    ...blockFindings('openstackCloudProvider', provider['openstackCloudProvider'], 'ini'),
    ...blockFindings('awsCloudProvider', provider['awsCloudProvider'], 'ini'),
  ];
};

/** vSphere's template quotes each value; go-ini quotes what has spaces at an end, or line breaks. */
type Style = 'quoted' | 'ini' | 'json';

function blockFindings(path: string, block: unknown, style: Style): Finding[] {
  return textsOf(`cloud_provider.${path}`, block)
    .filter(([, text]) => !arrives(text, style))
    .map(([where]) =>
      refusal(
        'cloud-config',
        where,
        `the cloud provider would not read this text as it is here; ${remedies[style]}`,
      ),
    );
}

const escapes = String.raw`with \\\\ for each backslash and \" for each double quote`;
const remedies: Readonly<Record<Style, string>> = {
  quoted: `write it ${escapes}, on one line`,
  json: String.raw`write it with \\ for each backslash, on one line`,
  ini: `write it in double quotes that are part of it ('"…"'), ${escapes}, on one line`,
};

/** All texts below, by their path: sections have snake-case names in cluster.yml. */
function textsOf(path: string, value: unknown): (readonly [string, string])[] {
  if (typeof value === 'string') return value === '' ? [] : [[path, value]];
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const key = isRecord(member)
      ? name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      : name;
    return textsOf(`${path}.${key}`, member);
  });
}

/** True if the text arrives as it is, or is escaped so that it arrives as what it means. */
function arrives(text: string, style: Style): boolean {
  if (style === 'json') return arrivesAsJson(text);
  const read = readGcfg(echoEscapes(lineOf(text, style)).replace(/\n$/, ''));
  if (read === undefined) return false;
  if (read === text) return true;
  const escaped = read.replaceAll('\\', '\\\\\\\\').replaceAll('"', '\\"');
  const written = text.replaceAll('\\\\"', '\\"');
  return written === (style === 'quoted' ? escaped : `"${escaped}"`);
}

/** Azure's file is JSON, whose own backslashes `echo -e` reads first; it is written so that each pair of them stays one. */
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
 * A whole file of the user's, whose form nobody here knows: what `echo -e` changes in it. Four backslashes are what someone
 * writes who knows that, and arrive as two.
 */
function ownText(key: string, text: unknown): Finding[] {
  if (typeof text !== 'string') return [];
  const plain = text.replaceAll(/(?<!\\)(?:\\{4})+(?!\\)/g, '');
  if (echoEscapes(plain) === `${plain}\n`) return [];
  return [
    warning(
      'cloud-config',
      `cloud_provider.${key}`,
      'the file on the hosts differs from this text: echo -e reads its backslashes, the same as in RKE v1; write each backslash twice',
    ),
  ];
}

function lineOf(text: string, style: Style): string {
  if (style === 'quoted') return `"${text}"`;
  if (/[\n`]/.test(text)) return `"""${text}"""`;
  return text.trim() === text ? text : `"${text}"`;
}

const gcfgEscapes: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', t: '\t', b: '\b' };

/** A value as gopkg.in/gcfg.v1 reads it (scanner.go scanValString); undefined for one that it refuses the whole file for. */
function readGcfg(line: string): string | undefined {
  let value = '';
  let end = 0;
  let isQuoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const sign = line[index] ?? '';
    if (!isQuoted && /[#;]/.test(sign)) break;
    if (sign === '\n' || (sign === '\\' && !isQuoted)) return undefined;
    if (sign === '"') isQuoted = !isQuoted;
    else if (sign === '\\') {
      index += 1;
      const meant = gcfgEscapes[line[index] ?? ''];
      if (meant === undefined) return undefined;
      value += meant;
    } else if (sign !== '\r') value += sign;
    if (isQuoted || !/\s/.test(sign)) end = value.length;
  }
  return isQuoted ? undefined : value.slice(0, end);
}
