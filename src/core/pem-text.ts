/** The text without what PEM ignores: white space at the ends of lines, and empty lines. */
export function pemText(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

/** True if two texts are the same PEM, or both are absent. */
export function isSamePem(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && pemText(one) === pemText(other));
}
