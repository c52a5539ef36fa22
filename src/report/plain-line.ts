/**
 * A line of a log for people. etcd and etcdctl write each line as JSON (zap: `level`, `ts`, `caller`, `msg`, `error`, and members
 * of the message): its message and its error remain. Other lines stay as they are.
 */
export function plainLine(line: string): string {
  if (!line.trimStart().startsWith('{')) return line;
  try {
    const { msg, error } = JSON.parse(line) as Record<string, unknown>;
    if (typeof msg !== 'string') return line;
    return typeof error === 'string' ? `${msg}: ${error}` : msg;
  } catch {
    return line;
  }
}
