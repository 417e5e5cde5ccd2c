/** What is used here of @orbitdb/core, which comes without types. */
declare module '@orbitdb/core' {
  export interface Storage {
    put: (key: string, value: unknown) => Promise<void>;
    get: (key: string) => Promise<unknown>;
    iterator: () => AsyncIterable<[string, Uint8Array]>;
    merge: (other: Storage) => Promise<void>;
  }
  export interface Identity {
    readonly id: string;
    readonly hash: string;
    readonly publicKey: string;
    readonly sign: (identity: Identity, data: Uint8Array) => Promise<string>;
  }
  export interface Identities {
    createIdentity: (options: { id: string }) => Promise<Identity>;
  }
  export interface Payload {
    readonly op: 'PUT' | 'DEL';
    readonly key: string;
    readonly value: unknown;
  }
  export interface LogEntry {
    readonly hash: string;
    readonly payload: Payload;
    readonly sig: string;
    readonly next: readonly string[];
  }
  export interface Access {
    readonly canAppend: (entry: LogEntry) => Promise<boolean>;
  }
  export interface OplogOptions {
    readonly logId: string;
    readonly access: Access;
    readonly entryStorage: Storage;
    readonly headsStorage?: Storage;
    readonly indexStorage?: Storage;
  }
  export interface Oplog {
    readonly storage: Storage;
    append: (payload: Payload, options?: { referencesCount: number }) => Promise<LogEntry>;
    heads: () => Promise<readonly LogEntry[]>;
    joinEntry: (entry: LogEntry) => Promise<boolean>;
    traverse: () => AsyncIterable<LogEntry>;
  }
  export const Log: (identity: Identity, options: OplogOptions) => Promise<Oplog>;
  export const Entry: {
    create: (...parts: readonly unknown[]) => Promise<LogEntry>;
    encode: (entry: LogEntry) => Promise<{ hash: string; bytes: Uint8Array }>;
    decode: (bytes: Uint8Array) => Promise<LogEntry>;
  };
  export const Identities: (options: {
    keystore: unknown;
    storage: Storage;
  }) => Promise<Identities>;
  export const KeyStore: (options: { storage: Storage }) => Promise<unknown>;
  export const MemoryStorage: () => Promise<Storage>;
  export const IPFSAccessController: (options: {
    write: readonly string[];
    storage: Storage;
  }) => (options: { identities: Identities }) => Promise<Access>;
}
