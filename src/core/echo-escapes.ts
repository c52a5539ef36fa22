/** Escapes of one letter in busybox; any other letter keeps its backslash. */
const letters: Readonly<Record<string, number>> = {
  '\\': 0x5c,
  a: 0x07,
  b: 0x08,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
};

/** `\c`, `\0` with up to three octal digits, up to three octal digits, `\x` with one or two hexadecimal ones, or a letter. */
const escapes = /\\(?:(c)|0([0-7]{0,3})|([1-7][0-7]{0,2})|x([\da-f]{1,2})|([\\abefnrtv]))/gi;

/**
 * A text as RKE v1 writes it on the hosts: by `echo -e` of busybox, in the image of rke-tools, which interprets backslashes
 * and adds a newline (RKE cluster/file-deployer.go:45). Digests of such files are of the text before that.
 */
export function echoEscapes(text: string): string {
  const bytes: Buffer[] = [];
  let end = 0;
  for (const match of text.matchAll(escapes)) {
    const [whole, stop, afterZero, octal, hex, letter] = match;
    // Only octal and hexadecimal digits may be of either case.
    if (/^\\[A-Z]/.test(whole) || match.index < end) continue;
    bytes.push(Buffer.from(text.slice(end, match.index)));
    if (stop !== undefined) return Buffer.concat(bytes).toString('utf8');
    const digits = afterZero ?? octal;
    const { value, unread } =
      digits === undefined
        ? { value: hex === undefined ? (letters[letter ?? ''] ?? 0) : parseInt(hex, 16), unread: 0 }
        : octalValue(digits);
    bytes.push(Buffer.from([value]));
    end = match.index + whole.length - unread;
  }
  bytes.push(Buffer.from(`${text.slice(end)}\n`));
  return Buffer.concat(bytes).toString('utf8');
}

/** Value of up to three digits; the last of three is left unread if they exceed a byte. */
function octalValue(digits: string): { readonly value: number; readonly unread: number } {
  const value = digits === '' ? 0 : parseInt(digits, 8);
  return value > 255 ? { value: value >> 3, unread: 1 } : { value, unread: 0 };
}
