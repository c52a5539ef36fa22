import { lockFile } from '../../src/state/lock-file.js';
import { thisProcess } from '../../src/state/lock-owner.js';
import { createFileStore } from '../../src/state/file-store.js';
import { rkeBundle, rkeSpec } from '../pki/takeover.js';

/** A process that is there to be killed: `write FILE` writes states without end, `lock FILE` holds a lock. */
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
