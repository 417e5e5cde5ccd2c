import type { BlobId, DeviceId } from '../../core/base/brands.js';

/** A file that hangs on a record; its bytes may be on another device. */
export interface AttachmentView {
  readonly blob: BlobId;
  readonly name: string;
  /** Media type as the person's browser named it; never trusted, only shown. */
  readonly type: string;
  readonly bytes: number;
  readonly addedMs: number;
  readonly addedBy: DeviceId;
  /**
   * here: all bytes are on this device; partly: some; elsewhere: none; queued: durable here, its
   * fact waits for the fence to fall.
   */
  readonly state: 'here' | 'partly' | 'elsewhere' | 'queued';
  readonly heldBytes: number;
}

/**
 * Which attachments a device fetches by itself: all of them, those of the last 90 days, or none
 * until a person opens one.
 */
export type BlobPolicy = 'all' | 'recent' | 'on-demand';

/** A file on its way to this device. */
export interface TransferView {
  readonly blob: BlobId;
  readonly name: string;
  readonly heldBytes: number;
  readonly bytes: number;
  /** Devices that give parts of it now; 0: nobody here has what is missing. */
  readonly givers: number;
  /** Nothing more is asked for until this device has room. */
  readonly lacksRoom: boolean;
}

/** All attached files together, as they stand on this device. */
export interface BlobsView {
  readonly policy: BlobPolicy;
  readonly hereCount: number;
  readonly hereBytes: number;
  readonly missingCount: number;
  readonly missingBytes: number;
  readonly transfers: readonly TransferView[];
}
