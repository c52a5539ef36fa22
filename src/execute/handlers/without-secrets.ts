import { recordAt } from '../../core/fields.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';

/** The words of the API about an object without the values of a Secret: old versions quote the object that they cannot read. */
export function withoutSecrets(message: string, object: KubeObject): string {
  if (object.kind !== 'Secret') return message;
  const quote = message.search(/error found in #|bigger context/);
  const cut = quote < 0 ? message : message.slice(0, quote).trimEnd();
  return secretValues(object)
    .sort((a, b) => b.length - a.length)
    .reduce((text, value) => text.replaceAll(value, '(redacted)'), cut);
}

function secretValues(object: KubeObject): string[] {
  const { data, stringData } = { data: recordAt(object, 'data'), stringData: recordAt(object, 'stringData') };
  const encoded = Object.values(data).filter((value) => typeof value === 'string');
  const plain = Object.values(stringData).filter((value) => typeof value === 'string');
  const decoded = encoded.map((value) => Buffer.from(value, 'base64').toString());
  return [...encoded, ...decoded, ...plain].filter((value) => value !== '');
}
