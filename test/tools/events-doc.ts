import { eventObjectTexts, eventTexts, stampTexts, type EventText } from '../../src/core/event-texts.js';
import type { EventPayload } from '../../src/core/events.js';
import { eventSchema } from '../../src/report/ndjson.js';

type Type = EventPayload['type'];

/** docs/events.md, from src/core/event-texts.ts. */
export function eventsDoc(): string {
  const types = Object.keys(eventTexts) as Type[];
  return `# Events

\`\`\`
rke up --log-format json     # one JSON object per line and event, on stderr
\`\`\`

The terminal, plain lines and the log file are renderings of the same events. Every event has \`type\`, \`time\`
(${stampTexts.time}) and \`schema\`, the version of this format: ${eventSchema}. Within a version, types and members may be added; if one is
removed or gets another meaning, the version is raised, and the changelog has it. The wording of \`title\`, \`text\`,
\`because\`, \`message\`, \`fix\` and \`evidence\` may change. \`host\` is the address in cluster.yml. Secrets are redacted.

The page is made from the types in the program (src/core/events.ts) and checked by a test.

| type | when |
|---|---|
${types.map((type) => `| [\`${type}\`](#${type}) | ${textOf(type).when} |`).join('\n')}

## Members

A question mark means that the member may be absent.

${types.map(section).join('\n\n')}

## Objects in events

### Error

${members(eventObjectTexts.error)}

### Certificate reason

${members(eventObjectTexts.reason)}

### Unavailable add-on

${members(eventObjectTexts.unavailable)}

### Unchanged counts

${members(eventObjectTexts.unchanged)}

### Upload

${members(eventObjectTexts.upload)}
`;
}

const textOf = (type: Type): EventText<Type> => eventTexts[type];

function section(type: Type): string {
  const { members: texts, stability } = textOf(type);
  const note =
    stability === 'stable' ? '' : 'Not stable: members and messages may change in any version.\n\n';
  return `### \`${type}\`\n\n${note}${members(texts)}`;
}

function members(texts: Readonly<Record<string, string>>): string {
  return Object.entries(texts)
    .map(([name, meaning]) => `- \`${name}\`: ${meaning}`)
    .join('\n');
}
