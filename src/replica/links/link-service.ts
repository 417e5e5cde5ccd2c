import type { DeviceId } from '../../core/base/brands.js';
import { type Message, parseMessage } from '../../core/links/messages.js';
import type { Cancel } from '../../ports/clock.js';
import type { Channel, Room } from '../../ports/transport.js';
import type { Context } from '../context.js';
import type { EpochSecrets } from '../membership/epoch-secrets.js';
import {
  type Link,
  isKernelOnly,
  isOpenMember,
  judge,
  openLink,
  outlives,
  sendOn,
  takeLeave,
} from './link.js';
import { createMeetingRooms } from './meeting-rooms.js';
import { type PeerBook, count, noteOpened } from './peer-book.js';
import { type PeerView, viewPeers } from './peer-view.js';
import { createPings } from './pings.js';
import { noteOwnWord, ownStep } from '../sync/steps.js';
import { type Traffic, createTotalTraffic, createTraffic } from './traffic.js';
import { wallNowMs } from '../loop/wall-time.js';

/** Who is connected, in which rooms this device waits, and whether peers are alive (N2, N3, N6). */
export interface LinkService {
  readonly links: () => readonly Link[];
  /** One link a device: the one heard of last. */
  readonly linkTo: (device: DeviceId) => Link | null;
  /** What is known of each other device of the account, as it stands now. */
  readonly peers: () => readonly PeerView[];
  /** Joins the rooms that the present roster and connections ask for, and leaves the others. */
  readonly settleRooms: () => Promise<void>;
  /** Judges every peer again after the roster changed. */
  readonly rejudge: () => void;
  readonly wake: () => void;
  readonly close: () => void;
}

export interface LinkEvents {
  readonly opened: (link: Link) => void;
  readonly received: (link: Link, message: Message) => Promise<void>;
  readonly closed: (link: Link) => void;
}

/** A peer that offends so often is cut off; honest devices never do. */
const OFFENCES_MAX = 20;
/** An offender is turned away for so long. */
const BAN_MS = 60_000;
/** A room no longer asked for is kept so long: whoever is still in it hears of the next one. */
const PARTING_MS = 5_000;

export const createLinkService = (
  context: Context,
  secrets: EpochSecrets,
  book: PeerBook,
  events: LinkEvents,
): LinkService => {
  const rooms = new Map<string, Room>();
  const partings = new Map<string, Cancel>();
  const bannedUntilMs = new Map<DeviceId, number>();
  const total = createTotalTraffic(context.ports.clock);
  /** By device: who connects anew, or several times, has no more for it. */
  const traffics = new Map<DeviceId, Traffic>();
  const pings = createPings(context.ports.clock, book);
  const meeting = createMeetingRooms(context, secrets);
  let links: readonly Link[] = [];
  let beat: Cancel | null = null;
  let isClosed = false;
  let pingNumber = 0;

  const accept = (channel: Channel): void => {
    if (context.holdings === null || isClosed) return channel.close();
    openLink(context, channel, {
      meterOf: book.meterOf,
      opened,
      received,
      flooded: (link) => cutOff(link, 'flood'),
      closed: (link) => link !== null && gone(link),
    });
  };

  const opened = (link: Link): void => {
    if (link.membership === 'stranger') {
      context.activity.add('link-refused', 'warn', null, { reason: 'stranger' });
      sendOn(link, { kind: 'bye', reason: 'stranger' });
      return link.channel.close();
    }
    if ((bannedUntilMs.get(link.peer) ?? 0) > context.ports.clock.monotonicMs()) {
      return link.channel.close();
    }
    // What ran under the epochs before is aborted, and is begun again on this link (rule C5).
    for (const older of links) {
      if (older.isOpen && outlives(link, older)) takeLeave(context, older, 'epoch-advanced');
    }
    links = [...links, link];
    noteOpened(link.meter);
    noteSeen(link);
    events.opened(link);
    settleSoon();
    context.changed();
  };

  /** What is owed after this message is waited for: the next one is read later (rule N8). */
  const received = (link: Link, bytes: Uint8Array): void | Promise<void> => {
    if (!link.isOpen) return;
    const traffic = traffics.get(link.peer) ?? createTraffic(context.ports.clock, total);
    traffics.set(link.peer, traffic);
    link.heardMs = context.ports.clock.monotonicMs();
    link.meter.heardMs = link.heardMs;
    const message = parseMessage(bytes);
    const heard = message.ok ? message.value : null;
    if (heard !== null) count(link.meter.received, heard.kind, bytes.length);
    const waitMs = traffic.take(heard, bytes.length);
    if (heard === null) offend(link, message.ok ? '' : message.error.kind);
    else hear(link, heard);
    if (waitMs === 0) return;
    link.meter.throttled += 1;
    return new Promise((done) => void context.ports.clock.after(waitMs, done));
  };

  const hear = (link: Link, message: Message): void => {
    if (message.kind === 'ping') {
      return void sendOn(link, { kind: 'pong', n: message.n, wallMs: wallMs(context) });
    }
    if (message.kind === 'beat') {
      sendOn(link, { kind: 'pong', n: message.n, wallMs: wallMs(context) });
      const isKnown = message.step === link.step;
      noteOwnWord(context, link, message.step);
      if (isKnown) return;
    }
    if (message.kind === 'pong') return pings.answered(link, message.n, message.wallMs);
    context.run(async () => {
      const before = link.offences;
      await events.received(link, message);
      if (link.offences === before) return;
      book.note(link.peer, 'offence');
      cutOffOffender(link);
    });
  };

  const offend = (link: Link, reason: string): void => {
    link.offences += 1;
    book.note(link.peer, 'offence');
    context.activity.add('message-refused', 'warn', link.peer, { reason });
    cutOffOffender(link);
  };

  /** Whoever offends too often is not talked to for a while, however often it comes back. */
  const cutOffOffender = (link: Link): void => {
    if (link.offences >= OFFENCES_MAX) cutOff(link, 'offences');
  };

  const cutOff = (link: Link, reason: 'offences' | 'flood'): void => {
    if (!link.isOpen) return;
    if (reason === 'flood') book.note(link.peer, 'flood');
    const nowMs = context.ports.clock.monotonicMs();
    bannedUntilMs.set(link.peer, nowMs + BAN_MS);
    context.activity.add('link-refused', 'warn', link.peer, { reason });
    sendOn(link, { kind: 'bye', reason: 'flood' });
    end(link);
  };

  /** What still comes over a link that was ended here is not read any more. */
  const end = (link: Link): void => {
    link.isOpen = false;
    link.channel.close();
    gone(link);
  };

  const gone = (link: Link): void => {
    if (!links.includes(link)) return;
    links = links.filter((each) => each !== link);
    noteSeen(link);
    events.closed(link);
    settleSoon();
    context.changed();
  };

  const noteSeen = (link: Link): void => {
    context.lastSeen.note(link.peer, wallMs(context));
  };

  /**
   * Members hear where this device stands with every heartbeat; others nothing (rule N2), nor who
   * has the kernel channel alone.
   */
  const sayAlive = (link: Link, n: number): void => {
    const { holdings } = context;
    const beat = { n, wallMs: wallMs(context) };
    if (holdings === null || !isOpenMember(link) || isKernelOnly(context, link)) {
      return void sendOn(link, { kind: 'ping', ...beat });
    }
    sendOn(link, { kind: 'beat', ...beat, step: ownStep(holdings) });
  };

  const heartbeat = (): void => {
    const { clock } = context.ports;
    pingNumber += 1;
    pings.sent(pingNumber);
    for (const link of links) {
      if (clock.monotonicMs() - link.heardMs > context.timing.awayMs) {
        end(link);
      } else if (link.membership !== 'removed') {
        sayAlive(link, pingNumber);
        noteSeen(link);
      }
    }
    settleSoon();
    beat = clock.after(context.timing.pingMs, heartbeat);
  };

  const settleSoon = (): void => {
    if (!isClosed) context.run(settleRooms);
  };

  /** Always within the inbox, so that no two of them decide on different rosters. */
  const settleRooms = async (): Promise<void> => {
    const wanted = await meeting.wanted(links);
    if (isClosed) return;
    const names = new Set(wanted.map((room) => room.name));
    for (const [name, room] of rooms) {
      if (!names.has(name)) part(name, room);
      else {
        partings.get(name)?.();
        partings.delete(name);
      }
    }
    for (const config of wanted) {
      if (!rooms.has(config.name))
        rooms.set(config.name, context.ports.transport.join(config, accept));
    }
    beat ??= context.ports.clock.after(context.timing.pingMs, heartbeat);
  };

  const part = (name: string, room: Room): void => {
    if (partings.has(name)) return;
    const leave = (): void => {
      partings.delete(name);
      rooms.delete(name);
      room.leave();
    };
    partings.set(name, context.ports.clock.after(PARTING_MS, leave));
  };

  const linkTo = (device: DeviceId): Link | null => {
    const found = links.filter((link) => link.peer === device && link.isOpen);
    return found.sort((a, b) => b.heardMs - a.heardMs)[0] ?? null;
  };

  return {
    links: () => links,
    linkTo,
    peers: () => viewPeers(context, book, links, (device) => bannedUntilMs.get(device) ?? 0),
    settleRooms,
    rejudge: () => {
      const { holdings } = context;
      if (holdings === null) return;
      for (const link of links) {
        const was = link.membership;
        link.membership = judge(holdings, { ...link.party, ...claimOf(link) });
        if (link.membership === 'stranger') link.channel.close();
        // It is told of the record that removed it, once, then left.
        else if (link.membership === 'removed' && was !== 'removed') events.opened(link);
      }
    },
    wake: () => {
      context.ports.transport.wake();
      for (const link of links) sayAlive(link, 0);
    },
    close: () => {
      isClosed = true;
      beat?.();
      for (const link of links) sendOn(link, { kind: 'bye', reason: 'closing' });
      for (const cancel of partings.values()) cancel();
      for (const room of rooms.values()) room.leave();
      rooms.clear();
      links = [];
    },
  };
};

/** The roster that a peer stands at now, once it has said so on the link. */
const claimOf = (link: Link) =>
  link.theirs === null ? {} : { epoch: link.theirs.epoch, roster: link.theirs.rosterTip };

const wallMs = (context: Context): number => wallNowMs(context.ports.clock);
