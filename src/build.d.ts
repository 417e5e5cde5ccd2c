/** Rendezvous addresses (ws: or wss: URLs) that the build was configured with; often none. */
declare const __RENDEZVOUS__: readonly string[];

/** Every file of the build but the worker itself; known in the service worker only. */
declare const __PRECACHE__: readonly { readonly path: string; readonly sha256: string }[];

/** Names the build by all its files' hashes, as its page does; known in the service worker only. */
declare const __BUILD__: string;
