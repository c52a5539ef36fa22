import { completionScripts } from '../../src/cli/completion/scripts.js';
import { describeProgram } from '../../src/cli/program/describe-program.js';
import { version } from '../../src/cli/version.js';
import { createRecordedProgram } from '../tools/commands-doc.js';
import { writeManPages } from './man-page.js';

/** Completion scripts and manual pages, by their path in a package. Their names are those that shells and man(1) look for. */
export function makePages(): ReadonlyMap<string, string> {
  const pages = new Map([
    ['completions/rke.bash', completionScripts.bash],
    ['completions/_rke', completionScripts.zsh],
    ['completions/rke.fish', completionScripts.fish],
  ]);
  for (const [name, text] of writeManPages(describeProgram(createRecordedProgram()), version))
    pages.set(`man/man1/${name}`, text);
  return pages;
}
