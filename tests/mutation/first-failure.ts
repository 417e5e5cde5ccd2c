import { configureGlobal } from 'fast-check';

/** Whether a property fails is all that is asked here; the smallest example is not looked for. */
configureGlobal({ endOnFailure: true });
