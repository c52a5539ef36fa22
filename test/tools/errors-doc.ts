import { diagnosticCodes } from '../../src/core/codes/diagnostic-codes.js';
import { errorCodes, exitCodesOf, type ErrorCode } from '../../src/core/codes/error-codes.js';
import { exitCodes, exitCodeTexts, type ExitName } from '../../src/core/codes/exit-codes.js';

/** docs/errors.md, from the tables in src/core/codes. */
export function errorsDoc(): string {
  return `# Errors and exit codes

Every error shows what failed, on which hosts, why, and what to do. \`--debug\` adds the full error chain, and the log file beside
cluster.yml (\`cluster.log\`, the previous run in \`cluster.log.1\`) has the stack traces. Scripts may rely on exit codes and on the
\`code\` of an error in \`--log-format json\` ([events.md](events.md)); the wording may change.

## Exit codes

| exit code | name | when | what to do |
|---|---|---|---|
${exitNames.map(exitRow).join('\n')}

A run that fails in several ways exits with 9 if some host is done completely, otherwise with the exit code of the first failure.
The next \`rke up\` continues from there.

When a run is interrupted, running operations are completed, queued ones are skipped, and nothing is rolled back. A closed pipe or
terminal (\`rke up | head\`) does not end a run; the log file has the output.

## Error codes

The list is made from the tables in the program (src/core/codes) and checked by a test. The message of an error is more specific: it
names the host, the file or the key, and its fix is a complete command.

${sections}

## Faults of cluster.yml

What is wrong with cluster.yml is printed with file, line and key, all at once (exit code 3); \`errors\` of \`run-finished\` has these
codes. A fault that does no harm is a warning with the same code.

| code | what it means |
|---|---|
${Object.entries(diagnosticCodes)
  .map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  .join('\n')}

${longerAnswers}`;
}

const exitNames = Object.keys(exitCodes) as ExitName[];

function exitRow(name: ExitName): string {
  const { when, fix } = exitCodeTexts[name];
  return `| ${exitCodes[name]} | \`${name}\` | ${when} | ${fix} |`;
}

/** One section for each class of failures; what can have several exit codes comes last. */
const sections = [
  ...Object.entries({
    internal: 'internal',
    usage: 'command line and files',
    config: 'cluster.yml',
    state: 'state, certificates, kubeconfig',
    ssh: 'SSH',
    docker: 'Docker, images, hosts',
    kubernetes: 'Kubernetes',
    etcd: 'etcd',
  } satisfies Partial<Record<ExitName, string>>).map(([name, title]) => {
    const exitCode = exitCodes[name as ExitName];
    return section(`Exit code ${exitCode}: ${title}`, (code) => exitCodesOf(code).join() === `${exitCode}`);
  }),
  section('Several exit codes', (code) => exitCodesOf(code).length > 1),
].join('\n\n');

function section(title: string, isMember: (code: ErrorCode) => boolean): string {
  const codes = (Object.keys(errorCodes) as ErrorCode[]).filter(isMember);
  return `### ${title}\n\n${codes.map(line).join('\n')}`;
}

function line(code: ErrorCode): string {
  const { summary, fix } = errorCodes[code];
  const exits = exitCodesOf(code);
  const several = exits.length > 1 ? ` (exit code ${exits.join(', ')})` : '';
  return `- \`${code}\`${several}: ${summary}. **Fix:** ${fix}.`;
}

const longerAnswers = `## A component does not become healthy

\`NOT_HEALTHY\` names the container and has its last lines. The exit code is 8 for etcd, 7 for kube-apiserver and 6 for any other
container. Fix the cause and run \`rke up\` again. Until the container is healthy, no other member of its plane (etcd, control plane,
workers) and no later plane is interrupted, so an invalid argument costs one member. To undo a change, undo it in cluster.yml: the
broken member is repaired first.

A container in a restart loop never counts as unchanged: \`rke up\` restarts it once and fails if it crashes again.

\`TOO_FEW_HEALTHY\` (exit code 8 for etcd, 7 for kube-apiserver): right before a member was to be interrupted, the other members were
not healthy enough. Nothing of that member was changed. Fix the members that the message names first.

## An etcd member without its data

\`ETCD_DATA_GONE\` (exit code 8): according to the state file the host is an etcd member, but its data directory is empty, as after a
reinstallation or with a disk that is not mounted. Nothing was changed. If rke started the member, it would crash as a new one, and a
majority of such members would form a second, empty cluster. The same holds for the only member while other hosts still run the
cluster: an empty etcd would lose everything.

- If the data is on a disk, mount it.
- If a majority of the members is left, run \`rke node remove HOST\`, add the host to cluster.yml again, and run \`rke up\`: it joins as
  a new member, and gets the data from the others.
- If no majority is left, restore a snapshot with \`rke etcd snapshot-restore --name NAME\`, or give the cluster up with \`rke remove\`.

After a first run that did not finish, the running members are asked: a member that has run before is refused in the same way, and
one that has never run is started.

\`ETCD_DATA_UNKNOWN\` (exit code 8): there is no etcd container, and the user may not read the data directory. The message has the
command that shows its content. A member that lost only its container is started with its data. If no host has a container and no
member has data, the cluster is created again.
`;
