/** Rendezvous addresses (ws: or wss: URLs) that the build was configured with; often none. */
declare const __RENDEZVOUS__: readonly string[];

/** The script that the loader puts into pages; known in the loader only. */
declare const __PAGE_SCRIPT__: string;

/** How long a page on trial may take, ms; known in its guard only. */
declare const __HEALTHY_MS__: number;

/** What the page tells its guard once it is well; known in its guard only. */
declare const __HEALTHY_EVENT__: string;
