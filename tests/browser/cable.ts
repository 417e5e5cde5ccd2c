import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** One device's way to the host and the rendezvous: an address of its own that can be cut. */
export interface Cable {
  /** Ends in a slash. The same through all cuts, so that the device keeps its storage. */
  readonly url: string;
  /** Ends what is open and refuses what is new, as a phone without any network. */
  readonly cut: () => void;
  readonly mend: () => void;
  readonly close: () => Promise<void>;
}

/** Lays a cable to a port of this machine. Devices speak to each other past it. */
export const layCable = async (port: number): Promise<Cable> => {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = (): void => sockets.forEach((socket) => void socket.destroy());
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    cut: () => {
      isCut = true;
      end();
    },
    mend: () => {
      isCut = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        end();
      }),
  };
};
