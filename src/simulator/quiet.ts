/**
 * Waits until nothing in this thread waits for a promise any more.
 *
 * Ports of a simulation answer by promises that are resolved already or by a later event, so a turn
 * of the host's own loop comes only after every one of them has run: the same in Node and in
 * browsers, whatever the number of steps between.
 */
export const quiet: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise<void>((done) => void setImmediate(done))
    : quietByMessages();

/** Browsers: a message that a port sends to itself comes after every promise, and without delay. */
function quietByMessages(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise<void>((done) => {
      waiting.push(done);
      port2.postMessage(null);
    });
}
