import { glossary } from './glossary.js';

/** docs/glossary.md: the terms of the project, for contributors and translators. */
export function glossaryDoc(): string {
  return [
    '# Glossary\n',
    'Terms for messages, help, docs, comments, test names and commits. `test/words.test.ts` refuses most of the second column',
    'in messages, help, docs and examples; a reviewer refuses the rest. The tables are generated from `test/tools/glossary.ts`',
    '(`npm run docs`).\n',
    '| use | do not use |',
    '| --- | --- |',
    ...glossary.map(({ use, not }) => `| ${use} | ${not} |`),
    '',
    '## Notes\n',
    ...glossary.flatMap(({ use, note }) => (note === undefined ? [] : [`- **${use}**: ${note}.`])),
    '',
    '## Sentences\n',
    '- A message starts with what failed, names the thing, and puts the cause in parentheses. The fix is a separate line.',
    '- The host is not part of the message: the renderer adds it, so that one cause on fifty hosts prints once.',
    '- A suggested command can be pasted: port, user, key and jump host included.',
    '- A message about a key of cluster.yml shows its position if you wrote it, and names it a default if you did not.',
    '- Help is an imperative verb plus object, without a full stop: “create the cluster, or apply what changed”.',
    '- A page begins with the command, then what it does, then what can go wrong.',
    '- Codes (`HOST_UNREACHABLE`), exit codes, event types and JSON keys are a contract. Messages are not: translate them freely.',
    '',
  ].join('\n');
}
