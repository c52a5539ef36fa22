/** The relevant parts of cluster.rkestate. */
interface StateFile {
  readonly desiredState: {
    readonly certificatesBundle: Readonly<Record<string, { readonly keyPEM: string }>>;
  };
}

/**
 * Texts that prove that a private key leaked: the lines of the key, and their form inside base64, once
 * (kubeconfigs) or twice, at whatever offset.
 *
 * @param state the text of cluster.rkestate
 */
export function keyNeedles(state: string): string[] {
  const { certificatesBundle } = (JSON.parse(state) as StateFile).desiredState;
  return needlesOf(Object.values(certificatesBundle).map(({ keyPEM }) => keyPEM));
}

/** The same for private keys in PEM form. */
export function needlesOf(keys: readonly string[]): string[] {
  const lines = keys.flatMap((key) => key.split('\n')).filter((line) => line.length === lineLength);
  const once = lines.flatMap(insideBase64);
  return [...new Set([...lines, ...once, ...once.flatMap(insideBase64)])];
}

/** The lines of a PEM text, without the last one, which is shorter and might be found by chance. */
const lineLength = 64;

/** The parts of a text's base64 that do not depend on its surroundings, for each of the three possible offsets. */
function insideBase64(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(`${' '.repeat(offset)}${text}`).toString('base64');
    return encoded.slice(4, -4);
  });
}

/** The header of a private key, plain or in base64. */
const headlines = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /LS0tLS1CRUdJTi[A-Za-z0-9+/]*(UFJJVkFURSBLRVk|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)/,
];

/** The first 20 characters of each of `needles`, or of any private key header, that a text contains. */
export function findSecret(text: string, needles: readonly string[]): string | undefined {
  const needle = needles.find((one) => text.includes(one));
  const headline = headlines.find((one) => one.test(text));
  return needle?.slice(0, 20) ?? headline?.source.slice(0, 20);
}
