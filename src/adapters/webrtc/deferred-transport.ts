import type {
  Channel,
  RendezvousStatus,
  Room,
  RoomConfig,
  Transport,
} from '../../ports/transport.js';

interface Seat {
  readonly config: RoomConfig;
  readonly onChannel: (channel: Channel) => void;
  room: Room | null;
}

/**
 * A transport whose code is fetched when the first room is joined.
 *
 * Until it is there, rooms wait and the rendezvous is `connecting`. When it cannot be fetched the
 * rendezvous is `unreachable`; the next room, or waking, tries again. Where nothing can be
 * connected it is not fetched at all. Errors: none is thrown.
 */
export const createDeferredTransport = (
  load: () => Promise<Transport>,
  canConnect: () => boolean = () => true,
): Transport => {
  const seats = new Set<Seat>();
  const listeners = new Set<(status: RendezvousStatus) => void>();
  let transport: Transport | null = null;
  let isLoading = false;
  let isClosed = false;
  let waiting: RendezvousStatus = 'connecting';

  const tell = (status: RendezvousStatus): void => {
    for (const listener of [...listeners]) listener(status);
  };
  const arrived = (loaded: Transport): void => {
    if (isClosed) return loaded.close();
    transport = loaded;
    loaded.onRendezvous(tell);
    for (const seat of seats) seat.room = loaded.join(seat.config, seat.onChannel);
    tell(loaded.rendezvous());
  };
  const fetchOnce = async (): Promise<void> => {
    if (isLoading || isClosed || transport !== null || !canConnect()) return;
    isLoading = true;
    const loaded = await load().catch(() => null);
    isLoading = false;
    if (loaded !== null) return arrived(loaded);
    waiting = 'unreachable';
    tell(waiting);
  };

  return {
    join: (config, onChannel) => {
      if (transport !== null) return transport.join(config, onChannel);
      const seat: Seat = { config, onChannel, room: null };
      seats.add(seat);
      void fetchOnce();
      const leave = (): void => {
        seats.delete(seat);
        seat.room?.leave();
      };
      return { leave };
    },
    canConnect,
    rendezvous: () => transport?.rendezvous() ?? waiting,
    onRendezvous: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wake: () => {
      if (transport !== null) transport.wake();
      else if (seats.size > 0) void fetchOnce();
    },
    close: () => {
      isClosed = true;
      seats.clear();
      listeners.clear();
      transport?.close();
    },
  };
};
