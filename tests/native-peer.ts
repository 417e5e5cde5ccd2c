import { fileURLToPath } from 'node:url';

/** Builds and tests take our own peer module for the one that y-webrtc names, as the app does. */
export const NATIVE_PEER = {
  find: /^simple-peer\/simplepeer\.min\.js$/,
  replacement: fileURLToPath(new URL('../src/adapters/webrtc/native-peer.ts', import.meta.url)),
};
