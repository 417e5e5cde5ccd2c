import type { DeviceId, StatementHash } from '../../core/base/brands.js';

/** How letting a device in goes, on either side; `idle` while none is under way. */
export type PairingView =
  | { readonly kind: 'idle' }
  /**
   * This device shows a code. `uri` goes into the QR; `groups` are for reading aloud and typing.
   */
  | {
      readonly kind: 'inviting';
      readonly uri: string;
      readonly groups: readonly string[];
      readonly expiresMs: number;
      /** The member whose new keys the newcomer brings. */
      readonly replaces?: DeviceId;
    }
  /** This device shows the first of two codes, and waits for the second to be scanned here. */
  | { readonly kind: 'offering'; readonly text: string; readonly expiresMs: number }
  /** This device scanned the first of two codes, and shows the second. */
  | { readonly kind: 'answering'; readonly text: string; readonly expiresMs: number }
  /** This device entered a code and looks for the one that shows it. */
  | { readonly kind: 'seeking'; readonly sinceMs: number }
  /** Both screens show the same words; the person compares. */
  | {
      readonly kind: 'comparing';
      readonly role: 'inviter' | 'newcomer';
      readonly peerName: string;
      readonly words: readonly string[];
      readonly emoji: readonly string[];
      /** True once this side has confirmed and waits for the other. */
      readonly isConfirmed: boolean;
      /**
       * inviter: the one other member that bears the newcomer's name. It may be that device with
       * new keys, or not: a name proves nothing, so a person says which (`devices.confirmWords`).
       */
      readonly mayReplace?: DeviceId;
    }
  /** Admitted by one device; the roster change waits for the yes of others. */
  | {
      readonly kind: 'waiting';
      readonly role: 'inviter' | 'newcomer';
      readonly peerName: string;
      readonly decision: StatementHash | null;
      readonly missing: readonly string[];
      /** inviter: the member whose place the newcomer takes. */
      readonly replaces?: DeviceId;
      /**
       * newcomer: it lost sight of who let it in. From then on only a yes reaches it: neither a no
       * nor another change of the devices that came first is heard of (rules C3, C5). `missing`
       * names all who were members then.
       */
      readonly outOfSight?: OutOfSight;
    }
  | {
      readonly kind: 'receiving';
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
    }
  | { readonly kind: 'done'; readonly role: 'inviter' | 'newcomer'; readonly peerName: string }
  | {
      readonly kind: 'failed';
      readonly role: 'inviter' | 'newcomer';
      readonly reason: PairingFailure;
    };

/** What a newcomer knows of a question whose end it may not hear. */
export interface OutOfSight {
  /** By then the question has run out, wall ms of this device; a yes given before still lets in. */
  readonly lapsesMs: number;
}

/** Why a pairing came to nothing; the code is spent, and a new one can be shown. */
export type PairingFailure =
  | 'code-malformed'
  | 'code-mistyped'
  | 'code-expired'
  | 'code-used'
  /** newcomer: the other side was shown another short code. */
  | 'code-wrong'
  /** inviter: somebody tried a wrong short code, so this one is spent. */
  | 'code-guessed'
  | 'code-other-purpose'
  | 'code-newer-version'
  | 'other-account'
  /** This browser cannot be reached directly, or tells no address. */
  | 'no-direct-way'
  /** This browser connects to no other device at all. */
  | 'no-connections'
  | 'nobody-there'
  | 'words-differ'
  | 'withdrawn'
  | 'peer-lied'
  | 'connection-lost'
  | 'refused-by-members'
  /** Too few answered before the decision ran out; nobody's no kept the newcomer out. */
  | 'lapsed'
  /** The devices changed while it was decided, so that it has to be asked anew (rule C5). */
  | 'superseded'
  /** inviter: it could not put the question to the others now. */
  | 'not-asked'
  | 'store-failed';
