import { refusal, type Finding, type Rule } from './rule.js';

/** The socket of Docker on each host. RKE dialled whatever was there. */
export const socketRules: Rule = ({ spec }) =>
  spec.nodes.flatMap(({ dockerSocket = '' }, index) =>
    dockerSocket === '' ? [] : socketFindings(dockerSocket, `nodes[${index}].docker_socket`),
  );

/** Longer ones do not fit into the address of a socket (unix(7)). */
const longest = 107;

function socketFindings(socket: string, path: string): Finding[] {
  const fault = socketFault(socket);
  return fault === undefined
    ? []
    : [
        refusal(
          'bad-socket',
          path,
          `expected the absolute path of Docker's socket on the host, got ${JSON.stringify(socket)}${fault}`,
        ),
      ];
}

/** @returns what is wrong, to stand behind the value; undefined for an absolute path */
function socketFault(socket: string): string | undefined {
  if (/^[^/\s]*:\d+$|^\d+$/.test(socket)) return notByNetwork('TCP');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(socket)?.[1]?.toLowerCase();
  if (scheme === 'unix') {
    const plain = socket.replace(/^[a-z]+:(?:\/\/(?=\/))?/i, '').replace(/^\/*/, '/');
    return `; write ${plain}`;
  }
  if (scheme !== undefined) return notByNetwork(scheme);
  if (socket !== socket.trim()) return `; write ${socket.trim()}`;
  if (socket.startsWith('~') || socket.includes('$'))
    return ': no shell replaces ~ and variables; write the path itself';
  if (!socket.startsWith('/')) return `; did you mean "/${socket.replace(/^(\.{1,2}\/)+/, '')}"?`;
  if (/[\u0000-\u001f\u007f]/.test(socket)) return ': it has a control character';
  if (socket.endsWith('/')) return ': it is a directory';
  return Buffer.byteLength(socket) > longest ? `: it is longer than ${longest} bytes` : undefined;
}

const notByNetwork = (scheme: string): string =>
  `: Docker is reached by SSH and its socket, not by ${scheme}; remove the key or write /var/run/docker.sock`;
