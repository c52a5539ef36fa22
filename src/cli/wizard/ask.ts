import { usageError } from '../../core/errors.js';

/** Source of answers: a terminal, or the script of a test. */
export interface LineReader {
  /** Prints the prompt and reads a line; undefined at the end of the input. */
  read(prompt: string): Promise<string | undefined>;
  /** Prints a line. */
  print(text: string): void;
}

export interface Question {
  readonly text: string;
  /** Used for an empty answer; without a default, the empty string is an answer. */
  readonly defaultAnswer?: string;
  /** Returns what is wrong with an answer; then the question is asked again. */
  readonly check?: (answer: string) => string | undefined;
}

/**
 * Asks a question in RKE's form (cmd/config.go getConfig). RKE accepted every answer; rke asks again after an invalid one.
 *
 * @throws RkeError (exit 2) if the input ends
 */
export async function ask(
  reader: LineReader,
  { text, defaultAnswer = '', check }: Question,
): Promise<string> {
  for (;;) {
    const line = await reader.read(`[+] ${text} [${defaultAnswer === '' ? 'none' : defaultAnswer}]: `);
    if (line === undefined)
      throw usageError('input ended before the last question; nothing was written', {
        fix: 'run `rke config` again, or create a file from a list of hosts with `rke config init USER@HOST…`',
      });
    const answer = line.trim() === '' ? defaultAnswer : line.trim();
    const fault = check?.(answer);
    if (fault === undefined) return answer;
    reader.print(`[-] ${fault}`);
  }
}

/** Asks a yes/no question. RKE took any word with an e, s or y for yes. */
export async function confirm(
  reader: LineReader,
  text: string,
  defaultAnswer: 'y' | 'n' | 'no',
): Promise<boolean> {
  const check = (answer: string): string | undefined =>
    /^(y|yes|n|no)$/i.test(answer) ? undefined : 'answer y or n';
  return /^y/i.test(await ask(reader, { text, defaultAnswer, check }));
}

/** Accepts only the given answers. */
export const requireOneOf =
  (choices: readonly string[]) =>
  (answer: string): string | undefined =>
    choices.includes(answer) ? undefined : `invalid value "${answer}"; expected one of ${choices.join(', ')}`;

/** Refuses an empty answer. */
export const requireAnswer =
  (what: string) =>
  (answer: string): string | undefined =>
    answer === '' ? `${what} is required` : undefined;

/** Accepts integers from 1 to a maximum. */
export const requireInteger =
  (max: number) =>
  (answer: string): string | undefined =>
    /^\d+$/.test(answer) && Number(answer) >= 1 && Number(answer) <= max
      ? undefined
      : `invalid value "${answer}"; expected an integer from 1 to ${max}`;
