/** Rendezvous addresses (ws: or wss: URLs) that the build was configured with; often none. */
declare const __RENDEZVOUS__: readonly string[];

/** The script of the guard of a page on trial; known in the loader only. */
declare const __GUARD__: string;

/** The script of the recovery page; known in the loader only. */
declare const __RECOVERY__: string;

/** How long a page on trial may take, ms; known in its guard only. */
declare const __HEALTHY_MS__: number;

/** What the page tells its guard once it is well; known in its guard only. */
declare const __HEALTHY_EVENT__: string;
