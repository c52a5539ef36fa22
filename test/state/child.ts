import { lockFile } from '../../src/state/lock-file.js';
import { thisProcess } from '../../src/state/lock-owner.js';
import { createFileStore } from '../../src/state/file-store.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

/** A process for tests to kill: `write FILE` writes states in an endless loop, `lock FILE` keeps a lock. */
const [what = '', path = ''] = process.argv.slice(2);
if (what === 'lock') {
  await lockFile(path, thisProcess('rke up'), { isBreaking: false });
  process.stdout.write('ready\n');
  setInterval(() => undefined, 1000);
} else {
  const store = createFileStore(path);
  for (let number = 0; ; number++) {
    const encryptionConfig = `version ${number}`;
    await store.save({
      desiredState: { rkeConfig: rkeSpec, certificatesBundle: rkeBundle, encryptionConfig },
      currentState: {},
    });
    if (number === 0) process.stdout.write('ready\n');
  }
}
