import type { DiagnosticCode } from '../../../core/codes/diagnostic-codes.js';
import type { Diagnostic, Position } from '../../../core/diagnostic.js';
import { parseYamlDocuments } from '../../../yaml/parse-yaml.js';
import { booleanOf, isNull, numberOf, type YamlMap, type YamlNode } from '../../../yaml/yaml-node.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { originIn, type AddonText } from './addon-text.js';
import type { PlacedObject } from './user-addon.js';

/** What a text contains. With errors, the objects are those that could be read. */
export interface ParsedManifest {
  readonly objects: readonly PlacedObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses the manifests of a text: YAML or JSON, any number of documents, lists as their items. Values are read as kubectl reads
 * them (YAML 1.1; the last of two equal keys counts, with a warning).
 */
export function parseManifest(source: AddonText): ParsedManifest {
  const reader = new ManifestReader(source);
  reader.read();
  return reader;
}

class ManifestReader implements ParsedManifest {
  readonly objects: PlacedObject[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: AddonText;

  constructor(source: AddonText) {
    this.#source = source;
  }

  read(): void {
    const parsed = parseYamlDocuments(this.#source.text, 'last');
    for (const one of parsed.ok ? parsed.warnings : parsed.diagnostics)
      this.#report(
        one.severity,
        one.code,
        one.position,
        `${one.path === '' ? '' : `${one.path}: `}${one.message}${hintOf(one)}`,
      );
    if (parsed.ok) for (const document of parsed.value) this.#readDocument(document);
  }

  #readDocument(node: YamlNode, ofList?: { readonly apiVersion: string; readonly kind: string }): void {
    if (node.kind !== 'map') {
      const found = node.kind === 'list' ? 'a list' : 'a single value';
      this.#reject(
        node.position,
        `expected a Kubernetes object with apiVersion, kind and metadata, got ${found}`,
      );
      return;
    }
    const apiVersion = textAt(node, 'apiVersion') ?? ofList?.apiVersion;
    const kind = textAt(node, 'kind') ?? ofList?.kind;
    const items = valueAt(node, 'items');
    if (kind !== undefined && kind.endsWith('List') && items !== undefined) {
      if (items.kind === 'list')
        for (const item of items.items) this.#readDocument(item, itemsOf(apiVersion ?? 'v1', kind));
      else if (!isNull(items)) this.#reject(items.position, `items of ${kind}: expected a list`);
      return;
    }
    const before = this.diagnostics.length;
    this.#checkObject(node, { apiVersion, kind });
    const object = { apiVersion, kind, ...this.#members(node) };
    if (this.diagnostics.slice(before).some(({ severity }) => severity === 'error')) return;
    this.objects.push({ object: object as KubeObject, origin: originIn(this.#source, node.position) });
  }

  /** Reports all that is wrong with what identifies an object, once for each. */
  #checkObject(
    node: YamlMap,
    { apiVersion, kind }: { readonly apiVersion: string | undefined; readonly kind: string | undefined },
  ): void {
    if (apiVersion?.startsWith('kustomize.config.k8s.io/') === true) {
      this.#reject(
        node.position,
        'kustomize is not supported; run `kubectl kustomize DIRECTORY > all.yml` and include the result',
      );
      return;
    }
    const metadata = valueAt(node, 'metadata');
    const name = metadata === undefined ? undefined : textAt(metadata, 'name');
    const isGenerated = metadata !== undefined && (textAt(metadata, 'generateName') ?? '') !== '';
    const missing = [
      ...(apiVersion === undefined && valueAt(node, 'apiVersion') === undefined ? ['apiVersion'] : []),
      ...(kind === undefined && valueAt(node, 'kind') === undefined ? ['kind'] : []),
      ...(metadata?.kind !== 'map' || (valueAt(metadata, 'name') === undefined && !isGenerated)
        ? ['metadata.name']
        : []),
    ];
    if (missing.length > 0)
      this.#reject(node.position, `not a Kubernetes object: ${missing.join(', ')} missing`);
    for (const key of ['apiVersion', 'kind']) this.#requireString(key, valueAt(node, key));
    if (metadata?.kind !== 'map') return;
    if (name === undefined && isGenerated)
      this.#reject(
        valueAt(metadata, 'generateName')?.position ?? node.position,
        'metadata.generateName would create another object in every run; set metadata.name',
      );
    this.#requireString('metadata.name', valueAt(metadata, 'name'));
    this.#requireString('metadata.namespace', valueAt(metadata, 'namespace'), true);
    this.#checkIdentity(node, metadata);
  }

  /** Refuses what no API has: it would become a part of the path of a request. */
  #checkIdentity(node: YamlMap, metadata: YamlNode): void {
    const fields: readonly [path: string, value: YamlNode | undefined, form: RegExp][] = [
      ['apiVersion', valueAt(node, 'apiVersion'), apiVersionForm],
      ['kind', valueAt(node, 'kind'), kindForm],
      ['metadata.name', valueAt(metadata, 'name'), nameForm],
      ['metadata.namespace', valueAt(metadata, 'namespace'), namespaceForm],
    ];
    for (const [path, value, form] of fields) {
      const text = value === undefined ? '' : (stringOf(value) ?? '');
      if (value !== undefined && text !== '' && !form.test(text))
        this.#reject(value.position, `${path}: invalid value "${text}"`);
    }
  }

  #requireString(path: string, node: YamlNode | undefined, mayBeEmpty = false): void {
    if (node === undefined || (mayBeEmpty && isNull(node))) return;
    if (stringOf(node) === undefined || (!mayBeEmpty && stringOf(node) === ''))
      this.#reject(node.position, `${path}: expected a string, got ${describe(node)}`);
  }

  #members({ entries }: YamlMap): Record<string, unknown> {
    return Object.fromEntries(
      entries.map(({ key, keyPosition, value }) => {
        if (key === '' || key.startsWith('{{'))
          this.#reject(
            keyPosition,
            'a key is not a string; if this is a template, render it first, or quote {{ }}',
          );
        return [key, this.#value(value)];
      }),
    );
  }

  #value(node: YamlNode): unknown {
    if (node.kind === 'list') return node.items.map((item) => this.#value(item));
    if (node.kind === 'map') return this.#members(node);
    if (isNull(node)) return null;
    const number = booleanOf(node) === undefined ? numberOf(node) : undefined;
    if (number !== undefined && Number.isInteger(number) && !Number.isSafeInteger(number))
      this.#reject(
        node.position,
        'the integer has more digits than can be kept; quote it if it is a string',
        'bad-number',
      );
    return booleanOf(node) ?? number ?? node.text;
  }

  #reject(position: Position, message: string, code: DiagnosticCode = 'bad-manifest'): void {
    this.#report('error', code, position, message);
  }

  #report(
    severity: Diagnostic['severity'],
    code: DiagnosticCode,
    position: Position | undefined,
    message: string,
  ): void {
    const { path } = this.#source;
    const { file, line, column } = originIn(this.#source, position ?? { line: 1, column: 1 });
    this.diagnostics.push({ severity, code, path, file, position: { line, column }, message });
  }
}

const apiVersionForm = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const kindForm = /^[A-Za-z][A-Za-z0-9-]*$/;
/** Of RBAC objects, too, whose names may have colons and capitals (apimachinery pkg/api/validation/path/name.go). */
const nameForm = /^(?!\.{1,2}$)[^/%]+$/;
const namespaceForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Two objects without a line `---` between them read as one, of which the second is left. */
function hintOf({ code, path }: Diagnostic): string {
  return code === 'duplicate-key' && path === 'kind' ? ', or write --- between two objects' : '';
}

/** Items of a list such as ConfigMapList may leave out what the list says. */
function itemsOf(apiVersion: string, listKind: string): { apiVersion: string; kind: string } | undefined {
  const kind = listKind.slice(0, -'List'.length);
  return kind === '' ? undefined : { apiVersion, kind };
}

function valueAt(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textAt(node: YamlNode, key: string): string | undefined {
  const value = valueAt(node, key);
  return value === undefined ? undefined : stringOf(value);
}

/** Undefined for what is no string, such as `name: 123` without quotes. */
function stringOf(node: YamlNode): string | undefined {
  if (node.kind !== 'scalar') return undefined;
  const isString =
    node.isQuoted || (!isNull(node) && booleanOf(node) === undefined && numberOf(node) === undefined);
  return isString ? node.text : undefined;
}

function describe(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (isNull(node)) return 'nothing';
  if (booleanOf(node) !== undefined) return `the boolean ${node.text}; quote it`;
  return numberOf(node) === undefined ? 'an empty string' : `the number ${node.text}; quote it`;
}
