import { open, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import encodeQR from 'qr';
import type { Device } from './device.js';

/** Rows of modules, dark = true, with the light edge that readers need. */
export type QrModules = readonly (readonly boolean[])[];

/** What a camera sees: a picture that a test can change while the camera runs. */
export interface CameraFilm {
  /** What a browser is started with to have this camera. Each context allows it or not. */
  readonly flags: readonly string[];
  /** Holds a code before the camera; null for an empty wall. */
  readonly show: (modules: QrModules | null) => Promise<void>;
  readonly discard: () => Promise<void>;
}

const WIDTH = 640;
const HEIGHT = 480;
const HEAD = `YUV4MPEG2 W${WIDTH} H${HEIGHT} F20:1 Ip A1:1 C420\nFRAME\n`;
const LUMA_BYTES = WIDTH * HEIGHT;
const WALL_LUMA = 140;
const LIGHT_LUMA = 225;
const DARK_LUMA = 30;
const NO_COLOUR = 128;

/**
 * Makes a camera out of a film of one picture.
 *
 * The picture is exchanged in place, so that a running camera sees the new one at its next frame.
 * Source: the Y4M format as Chromium's file_video_capture_device reads it.
 */
export const createFilm = async (): Promise<CameraFilm> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-film-'));
  const path = join(folder, 'camera.y4m');
  await (await open(path, 'w')).close();
  const show = async (modules: QrModules | null): Promise<void> => {
    const file = await open(path, 'r+');
    await file.write(drawFrame(modules), 0, undefined, 0);
    await file.close();
  };
  await show(null);
  return {
    flags: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${path}`],
    show,
    discard: () => rm(folder, { recursive: true, force: true }),
  };
};

/** The code on a device's screen, module by module. */
export const readQr = async (device: Device, label: string): Promise<QrModules> => {
  const picture = device.page().getByRole('img', { name: label });
  const [size = 0, path = ''] = await picture.evaluate((svg) => [
    Number(svg.getAttribute('viewBox')?.split(' ')[2]),
    svg.querySelector('path')?.getAttribute('d') ?? '',
  ]);
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(run));
  }
  return rows;
};

/** A code that says something else. */
export const drawQr = (text: string): QrModules => encodeQR(text, 'raw', { border: 3 });

const drawFrame = (modules: QrModules | null): Uint8Array => {
  const head = new TextEncoder().encode(HEAD);
  const frame = new Uint8Array(head.length + LUMA_BYTES * 1.5).fill(NO_COLOUR);
  frame.set(head);
  const luma = frame.subarray(head.length, head.length + LUMA_BYTES).fill(WALL_LUMA);
  if (modules === null) return frame;
  const edge = Math.floor(HEIGHT / modules.length);
  if (edge < 3) throw new Error('the code is too fine for this camera');
  const left = Math.floor((WIDTH - edge * modules.length) / 2);
  for (let y = 0; y < edge * modules.length; y += 1) {
    for (let x = 0; x < edge * modules.length; x += 1) {
      const isDark = modules[Math.floor(y / edge)]?.[Math.floor(x / edge)] === true;
      luma[y * WIDTH + left + x] = isDark ? DARK_LUMA : LIGHT_LUMA;
    }
  }
  return frame;
};
