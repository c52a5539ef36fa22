import { RkeError } from '../../core/errors.js';

/**
 * Does something that needs an image. If the image is gone since it was pulled, it is pulled again: a kubelet whose disk is nearly full
 * deletes images that no container uses, and in a large cluster the turn of a host comes hours later.
 */
export async function withImage<Value>(
  pull: (() => Promise<void>) | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (pull === undefined || !(error instanceof RkeError) || error.code !== 'DOCKER_NO_IMAGE') throw error;
    await pull();
    return work();
  }
}
