import { OpenSSHAgent, type IdentityCallback, type ParsedKey } from './ssh2.js';

/** An SSH agent of which one key is used: the others would count as failed logins at the host. */
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

  /** Does the agent hold the key? An agent that cannot be asked holds none. */
  holdsKey(): Promise<boolean> {
    return new Promise((resolve) => {
      this.getIdentities((error, keys) => resolve(error == null && (keys?.length ?? 0) > 0));
    });
  }
}
