import { RkeError } from '../../core/errors.js';
import { recordAt } from '../../core/fields.js';
import {
  addonRecordsRef,
  formerRecordsRef,
  recordPatch,
  recordsObject,
  type AddonRecord,
} from '../../plan/addons/addon-record.js';
import type { RunContext } from '../run-context.js';

type Context = Pick<RunContext, 'kube' | 'signal'>;

/** Writes the record of an add-on, or removes it, and what an early version has recorded of it. */
export async function writeRecord(
  name: string,
  record: AddonRecord | undefined,
  { kube, signal }: Context,
): Promise<void> {
  await kube.apply(recordsObject(), { signal });
  await kube.mergePatch(addonRecordsRef, recordPatch(name, record), { signal });
  await forgetFormer(name, { kube, signal });
}

/** The ConfigMap is deleted with its last record. Add-ons are applied in parallel, so another one may be faster. */
async function forgetFormer(name: string, { kube, signal }: Context): Promise<void> {
  if ((await kube.get(formerRecordsRef, { signal, patient: true })) === undefined) return;
  try {
    const left = await kube.mergePatch(formerRecordsRef, recordPatch(name, undefined), { signal });
    if (Object.keys(recordAt(left, 'data')).length === 0) await kube.delete(formerRecordsRef, { signal });
  } catch (error) {
    if (!(error instanceof RkeError) || error.code !== 'KUBE_NOT_FOUND') throw error;
  }
}
