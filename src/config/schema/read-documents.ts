import type { Diagnostic, Result } from '../../core/diagnostic.js';
import { emptyValues, inFile, overlay } from '../../yaml/overlay.js';
import { parseYaml, type Duplicates } from '../../yaml/parse-yaml.js';
import { isNull, type YamlNode } from '../../yaml/yaml-node.js';

/** A file whose keys override those of the cluster file. */
export interface OverlayText {
  /** Its name in messages. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads the document of a cluster file and puts overlays over it, the last one on top.
 *
 * @returns the document, whose positions name the overlay they are in; or the errors of all files
 */
export function readDocuments(
  text: string,
  overlays: readonly OverlayText[],
  duplicates: Duplicates,
): Result<YamlNode | undefined> {
  const read = [
    parseYaml(text, duplicates),
    ...overlays.map((one) => readOverlay(one, parseYaml(one.text, duplicates))),
  ];
  const errors = read.flatMap((one) => (one.ok ? [] : one.diagnostics));
  if (errors.length > 0) return { ok: false, diagnostics: errors };
  const [document, ...above] = read.map((one) => (one.ok ? one.value : undefined));
  return {
    ok: true,
    value: above.reduce(overlay, document),
    warnings: read.flatMap((one) => (one.ok ? one.warnings : [])),
  };
}

function readOverlay({ file }: OverlayText, parsed: Result<YamlNode | undefined>): typeof parsed {
  const named = (diagnostics: readonly Diagnostic[]): Diagnostic[] =>
    diagnostics.map((one) => ({ ...one, file }));
  if (!parsed.ok) return { ok: false, diagnostics: named(parsed.diagnostics) };
  const { value, warnings } = parsed;
  const faults = named(faultsOf(value));
  if (faults.length > 0) return { ok: false, diagnostics: faults };
  const isEmpty = value === undefined || isNull(value);
  return { ok: true, value: isEmpty ? undefined : inFile(value, file), warnings: named(warnings) };
}

function faultsOf(document: YamlNode | undefined): Diagnostic[] {
  if (document === undefined || isNull(document)) return [];
  if (document.kind !== 'map')
    return [
      {
        ...{ severity: 'error', code: 'wrong-type', path: '', position: document.position },
        message: 'expected a map of keys that override those of the cluster file',
      },
    ];
  return emptyValues(document).map(({ path, position }) => ({
    ...{ severity: 'error', code: 'wrong-type', path, position },
    message: 'has no value; write `null` to remove the key of the cluster file',
  }));
}

/** A diagnostic at a position in an overlay names its file. */
export function placed(diagnostic: Diagnostic): Diagnostic {
  const file = diagnostic.position?.file;
  return file === undefined || diagnostic.file !== undefined ? diagnostic : { ...diagnostic, file };
}
