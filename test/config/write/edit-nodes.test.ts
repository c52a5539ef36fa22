import { describe, expect, it } from 'vitest';
import { addNodeText, removeNodeText } from '../../../src/config/write/edit-nodes.js';

const file = `# our cluster
nodes:
  # the first rack
  - address: 10.0.0.1   # old
    role: [controlplane, etcd]

  # the second rack
  - address: 10.0.0.2
    user: ops
    # taints come from the shop
    taints:
      - key: shop
        effect: NoSchedule
    role: [worker]

  - { address: 10.0.0.3, role: [worker] }
# the rest
cluster_name: shop
`;

describe('removeNodeText', () => {
  it('removes the lines of a node and keeps every comment and the form of the rest', () => {
    expect(removeNodeText(file, 1)).toBe(`# our cluster
nodes:
  # the first rack
  - address: 10.0.0.1   # old
    role: [controlplane, etcd]

  # the second rack

  - { address: 10.0.0.3, role: [worker] }
# the rest
cluster_name: shop
`);
  });

  it.each([
    ['the last item', file, 2, '  - { address: 10.0.0.3, role: [worker] }\n'],
    ['a list without indentation', 'nodes:\n- address: a\n- address: b\nx: 1\n', 0, '- address: a\n'],
    [
      'a dash on a line of its own',
      'nodes:\n  -\n    address: a\n  - address: b\n',
      0,
      '  -\n    address: a\n',
    ],
    ['the end of the file', 'nodes:\n  - address: a\n  - address: b', 1, '\n  - address: b'],
  ])('removes %s', (_, text, index, removed) => {
    expect(removeNodeText(text, index)).toBe(text.replace(removed, ''));
  });

  it.each([
    ['in brackets', 'nodes: [{ address: a }, { address: b }]\n', 0],
    ['in brackets over several lines', 'nodes: [\n  { address: a },\n  { address: b }\n]\n', 1],
    ['with an anchor that others use', 'nodes:\n  - &one { address: a }\n  - *one\n', 0],
    ['that does not exist', file, 7],
  ])('does not touch a list %s', (_, text, index) => {
    expect(removeNodeText(text, index)).toBeUndefined();
  });
});

describe('addNodeText', () => {
  it('adds a node behind the last one, in the indentation of the list', () => {
    const added = addNodeText(file, {
      address: '10.0.0.4',
      role: ['worker'],
      user: 'ops',
      hostnameOverride: 'yes',
    });
    expect(added).toBe(
      file.replace(
        '# the rest',
        `  - address: 10.0.0.4
    hostname_override: "yes"
    user: ops
    role: [worker]
# the rest`,
      ),
    );
  });

  it('does not touch a list in brackets', () => {
    expect(addNodeText('nodes: [{ address: a }]\n', { address: 'b', role: ['worker'] })).toBeUndefined();
  });
});
