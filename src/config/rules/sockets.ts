import { refusal, type Finding, type Rule } from './rule.js';

/** The Docker socket of each host. RKE v1 did not check it. */
export const socketRules: Rule = ({ spec }) =>
  spec.nodes.flatMap(({ dockerSocket = '' }, index) =>
    dockerSocket === '' ? [] : checkSocket(dockerSocket, `nodes[${index}].docker_socket`),
  );

/** The limit for the path of a socket (unix(7)). */
const longest = 107;

function checkSocket(socket: string, path: string): Finding[] {
  const fault = socketFault(socket);
  return fault === undefined
    ? []
    : [
        refusal(
          'bad-socket',
          path,
          `expected the absolute path of the Docker socket on the host, got ${JSON.stringify(socket)}${fault}`,
        ),
      ];
}

/** @returns what is wrong, to follow the value in the message; undefined for an absolute path */
function socketFault(socket: string): string | undefined {
  if (/^[^/\s]*:\d+$|^\d+$/.test(socket)) return refuseNetwork('tcp');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(socket)?.[1]?.toLowerCase();
  if (scheme === 'unix') {
    const plain = socket.replace(/^[a-z]+:(?:\/\/(?=\/))?/i, '').replace(/^\/*/, '/');
    return `; write ${plain}`;
  }
  if (scheme !== undefined) return refuseNetwork(scheme);
  if (socket !== socket.trim()) return `; write ${socket.trim()}`;
  if (socket.startsWith('~') || socket.includes('$'))
    return ' (~ and variables are not expanded); write the full path';
  if (!socket.startsWith('/')) return `; did you mean "/${socket.replace(/^(\.{1,2}\/)+/, '')}"?`;
  if (/[\u0000-\u001f\u007f]/.test(socket)) return ' (it contains a control character)';
  if (socket.endsWith('/')) return ' (a directory)';
  return Buffer.byteLength(socket) > longest ? ` (longer than ${longest} bytes)` : undefined;
}

const refuseNetwork = (scheme: string): string =>
  ` (rke reaches Docker over SSH, not over ${scheme}); remove the key, or write /var/run/docker.sock`;
