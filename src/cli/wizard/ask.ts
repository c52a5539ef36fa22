import { usageError } from '../../core/errors.js';

/** Where answers come from: a terminal, or a test's script. */
export interface LineReader {
  /** Shows the text and gives the line that follows; undefined where no more will come. */
  read(prompt: string): Promise<string | undefined>;
  /** Shows a line. */
  tell(text: string): void;
}

export interface Question {
  readonly text: string;
  /** Taken where nothing is answered; without one, nothing is an answer. */
  readonly standard?: string;
  /** Says what is wrong with an answer; then the question is asked again. */
  readonly check?: (answer: string) => string | undefined;
}

/**
 * Asks in RKE's form (cmd/config.go getConfig). RKE took every answer; here a wrong one is told at once.
 *
 * @throws RkeError (exit 2) where the answers end
 */
export async function ask(reader: LineReader, { text, standard = '', check }: Question): Promise<string> {
  for (;;) {
    const line = await reader.read(`[+] ${text} [${standard === '' ? 'none' : standard}]: `);
    if (line === undefined)
      throw usageError('input ended before the last question; nothing was written', {
        fix: 'run rke config again, or create a file from a list of hosts with rke config init',
      });
    const answer = line.trim() === '' ? standard : line.trim();
    const wrong = check?.(answer);
    if (wrong === undefined) return answer;
    reader.tell(`[-] ${wrong}`);
  }
}

/** A question that is answered by y or n. RKE took any word with an e, s or y in it for a yes. */
export async function askWhether(
  reader: LineReader,
  text: string,
  standard: 'y' | 'n' | 'no',
): Promise<boolean> {
  const check = (answer: string): string | undefined =>
    /^(y|yes|n|no)$/i.test(answer) ? undefined : 'answer y or n';
  return /^y/i.test(await ask(reader, { text, standard, check }));
}

export const oneOf =
  (choices: readonly string[]) =>
  (answer: string): string | undefined =>
    choices.includes(answer) ? undefined : `"${answer}" is not one of ${choices.join(', ')}`;

export const needed =
  (what: string) =>
  (answer: string): string | undefined =>
    answer === '' ? `${what} is needed` : undefined;

export const wholeNumber =
  (most: number) =>
  (answer: string): string | undefined =>
    /^\d+$/.test(answer) && Number(answer) >= 1 && Number(answer) <= most
      ? undefined
      : `"${answer}" is not an integer from 1 to ${most}`;
