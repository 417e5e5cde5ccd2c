import { err, ok, type Result } from '../../../core/base/result.js';

/** Why there is no picture: each has its own words. */
export type CameraFailure = 'refused' | 'missing' | 'busy' | 'insecure' | 'failed';

const KIND_BY_NAME: Readonly<Record<string, CameraFailure>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Opens the camera at the back of the device, or any that there is. */
export const openCamera = async (): Promise<Result<MediaStream, CameraFailure>> => {
  if (!globalThis.isSecureContext) return err('insecure');
  // Old browsers have no `mediaDevices`, whatever the DOM types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return err('missing');
  try {
    const video = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } };
    return ok(await devices.getUserMedia({ video, audio: false }));
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    return err(KIND_BY_NAME[name] ?? 'failed');
  }
};

/** Lets go of the camera, so that its light goes out. */
export const closeCamera = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};
