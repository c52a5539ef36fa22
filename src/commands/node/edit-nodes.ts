import type { NodeSpec } from '../../config/cluster-spec.js';
import { describeNode, matchesNode } from '../../config/match-node.js';
import { addNodeText, removeNodeText, type NewNode } from '../../config/write/edit-nodes.js';
import { usageError } from '../../core/errors.js';
import { listLeavingNodes } from '../../plan/leaving-nodes.js';
import type { RunResult } from '../../run/apply.js';
import { refuseEditing } from '../../run/cluster-source.js';
import { openSession, type Session } from '../../run/session.js';
import { plainYaml } from '../../yaml/plain-yaml.js';
import { upCluster, type UpOptions } from '../up/run.js';
import { writeClusterText, type ClusterEdit } from '../../run/write-cluster-text.js';

/** Options of commands that change the nodes of cluster.yml, and then do what `rke up` does. */
export interface NodeEditOptions extends Omit<UpOptions, 'planFile' | 'abandoned' | 'edit'> {
  /** False: only the file is changed. True by default. */
  readonly apply?: boolean | undefined;
}

export interface AddNodeOptions extends NodeEditOptions {
  readonly node: NewNode;
}

export interface RemoveNodesOptions extends NodeEditOptions {
  /** Names or addresses. */
  readonly names: readonly string[];
  /** Removes nodes whose hosts cannot be reached, because they are gone for good. */
  readonly force?: boolean | undefined;
}

/**
 * `rke node add`: adds a node to cluster.yml, with all comments kept, and to the cluster. The file is written when the plan is
 * confirmed, before the first host is changed.
 *
 * @returns undefined if only the file was changed
 * @throws RkeError (exit 2) if the file has the node already, or a form in which it cannot be edited; what `upCluster` throws
 */
export async function addNode({ node, ...options }: AddNodeOptions): Promise<RunResult | undefined> {
  const { text, spec } = await readFile(options);
  const twin = spec.nodes.find(
    (one) => matchesNode(one, node.address) || matchesNode(one, node.hostnameOverride),
  );
  if (twin !== undefined)
    throw usageError(`cluster.yml already has a node ${describeNode(twin)}`, {
      fix: 'run `rke up` to add what is not in the cluster yet; `rke node ls` lists both',
    });
  return applyEdit(
    { before: text, after: addNodeText(text, node) ?? throwForm(options.configPath) },
    options,
  );
}

/**
 * `rke node remove`: removes nodes from cluster.yml, with all comments kept, and from the cluster. The file is written when the plan
 * is confirmed, before the first host is changed.
 *
 * @returns undefined if only the file was changed
 * @throws RkeError (exit 2) if a name is unknown, or the file has a form in which it cannot be edited; what `upCluster` throws
 */
export async function removeNodes({
  names,
  force = false,
  ...options
}: RemoveNodesOptions): Promise<RunResult | undefined> {
  const { text, spec, state } = await readFile(options);
  const left = listLeavingNodes(spec, {
    running: state?.currentState.rkeConfig,
    begun: state?.desiredState.rkeConfig,
  });
  const found = names.map((name) => findNamed(name, [...spec.nodes, ...left]));
  const indices = [...new Set(found.map((node) => spec.nodes.indexOf(node)))].filter((index) => index >= 0);
  const after = indices
    .toSorted((a, b) => b - a)
    .reduce((rest, index) => removeNodeText(rest, index) ?? throwForm(options.configPath), text);
  const abandoned = force ? found.map(({ address }) => address) : [];
  return applyEdit({ before: text, after }, { ...options, abandoned });
}

/** Reads the file as it is. Its warnings follow with the changed file. */
async function readFile(options: NodeEditOptions): Promise<Session> {
  refuseEditing(options, 'edit the list `nodes` where the text comes from, then run `rke up`');
  const session = await openSession({ ...options, events: { emit: () => undefined } }, { forChange: false });
  const above = session.source.overlays.findLast(({ text }) => 'nodes' in Object(plainYaml(text)));
  if (above === undefined) return session;
  throw usageError(`the list \`nodes\` is in ${above.file}, which is not edited`, {
    fix: 'edit it there, then run `rke up`',
  });
}

async function applyEdit(
  edit: ClusterEdit,
  { apply = true, ...options }: UpOptions & Pick<NodeEditOptions, 'apply'>,
): Promise<RunResult | undefined> {
  if (apply) return upCluster({ ...options, edit });
  if (options.hooksFile !== undefined)
    throw usageError('a change of the file alone runs no hooks', {
      fix: 'remove --hooks, and give it to the `rke up` that applies the change',
    });
  // The file must be one that `rke up` accepts.
  await openSession(options, { forChange: true, text: edit.after });
  await writeClusterText(options.configPath, edit);
  return undefined;
}

function findNamed(name: string, nodes: readonly NodeSpec[]): NodeSpec {
  const [found, other] = nodes.filter((node) => matchesNode(node, name));
  if (found === undefined)
    throw usageError(`neither cluster.yml nor the state file has a node ${name}`, {
      fix: `use the name or the address of one of ${nodes.map(describeNode).join(', ')}`,
    });
  if (other !== undefined)
    throw usageError(`${name} is ${describeNode(found)} or ${describeNode(other)}`, {
      fix: 'use the address of the node',
    });
  return found;
}

function throwForm(file: string): never {
  throw usageError(`the nodes of ${file} are written in a form that cannot be edited safely`, {
    fix: `edit the list \`nodes\` of ${file} yourself, then run \`rke up\``,
  });
}
