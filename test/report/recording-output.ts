import type { TextOutput } from '../../src/report/style.js';

/** An output that records what is written. */
export function recordingOutput(terminal?: {
  readonly columns: number;
  readonly rows?: number;
}): TextOutput & { readonly text: () => string } {
  let text = '';
  return {
    ...(terminal === undefined ? {} : { isTTY: true, ...terminal }),
    write: (more) => (text += more),
    text: () => text,
  };
}

/** The content of the screen after a text with the cursor movements of LiveRegion. */
export function screenOf(text: string): string {
  const lines = [''];
  let row = 0;
  for (const [token] of text.matchAll(/\u001b\[(\d+)A|\u001b\[J|\r|\n|[^\u001b\r\n]+/g)) {
    if (token === '\n') {
      row += 1;
      lines[row] ??= '';
    } else if (token === '\u001b[J') lines.splice(row, Infinity, '');
    else if (token.startsWith('\u001b')) row -= Number.parseInt(token.slice(2), 10);
    else if (token !== '\r') lines[row] = (lines[row] ?? '') + token;
  }
  return lines.join('\n');
}
