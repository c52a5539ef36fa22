import { startDeadline } from '../../core/deadline.js';
import { OpenSSHAgent, type IdentityCallback, type ParsedKey } from './ssh2.js';

/** An agent answers from memory; one that takes longer hangs. */
const agentMilliseconds = 5000;

/** An SSH agent of which only one key is used: the others would count as failed logins on the host. */
export class OneKeyAgent extends OpenSSHAgent {
  readonly #publicKey: Buffer;

  /** @param publicKey in wire form */
  constructor(socket: string, publicKey: Buffer) {
    super(socket);
    this.#publicKey = publicKey;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      // ssh2 gives either; its types promise both.
      const held = (keys as ParsedKey[] | undefined)?.filter((key) =>
        key.getPublicSSH().equals(this.#publicKey),
      );
      done(error, held);
    });
  }

  /** True if the agent has the key; false if it cannot be asked. */
  async hasKey(): Promise<boolean> {
    const identities = await identitiesOf(this);
    return Array.isArray(identities) && identities.length > 0;
  }
}

/** True if the agent at a socket answers in time, whatever the answer. */
export async function agentAnswers(socket: string, milliseconds = agentMilliseconds): Promise<boolean> {
  return (await identitiesOf(new OpenSSHAgent(socket), milliseconds)) !== 'silent';
}

async function identitiesOf(
  agent: InstanceType<typeof OpenSSHAgent>,
  milliseconds = agentMilliseconds,
): Promise<readonly unknown[] | 'refused' | 'silent'> {
  using deadline = startDeadline(milliseconds);
  return await new Promise((resolve) => {
    deadline.signal.addEventListener('abort', () => resolve('silent'), { once: true });
    agent.getIdentities((error, keys) => resolve(error == null ? (keys ?? []) : 'refused'));
  });
}
