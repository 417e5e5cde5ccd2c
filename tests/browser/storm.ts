import type { BrowserContext, Page } from 'playwright-core';

/** What happens to frames between devices; each of so many in a thousand. */
export interface Weather {
  readonly lost: number;
  readonly twice: number;
  /** Held back, and sent after one of the next frames of its channel. */
  readonly late: number;
  /** Nothing leaves the device at all. */
  readonly isCut: boolean;
}

/** How many frames met what. */
export interface Toll {
  readonly sent: number;
  readonly lost: number;
  readonly twice: number;
  readonly late: number;
}

export const CALM: Weather = { lost: 0, twice: 0, late: 0, isCut: false };

interface StormInPage {
  weather: Weather;
  readonly toll: { -readonly [Name in keyof Toll]: number };
}

declare global {
  interface Window {
    storm?: StormInPage;
  }
}

/**
 * Puts every page of a context into weather that the test makes, between the app's channels and
 * the browser's. The seed decides each draw; pages begin in a calm.
 */
export const bringWeather = async (context: BrowserContext, seed: number): Promise<void> => {
  await context.addInitScript(installStorm, { calm: CALM, seed });
};

export const setWeather = (page: Page, weather: Weather): Promise<void> =>
  page.evaluate((given) => {
    if (window.storm !== undefined) window.storm.weather = given;
  }, weather);

export const tollOf = (page: Page): Promise<Toll> =>
  page.evaluate(() => {
    if (window.storm === undefined) throw new Error('there is no weather in this page');
    return window.storm.toll;
  });

/** Runs in the page, so it stands on nothing of this file. */
const installStorm = (order: { readonly calm: Weather; readonly seed: number }): void => {
  if (typeof RTCDataChannel === 'undefined') return;
  const storm: StormInPage = {
    weather: order.calm,
    toll: { sent: 0, lost: 0, twice: 0, late: 0 },
  };
  window.storm = storm;
  let word = order.seed | 1;
  /** xorshift32: true for so many in a thousand. */
  const strikes = (perThousand: number): boolean => {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    return (word >>> 0) % 1000 < perThousand;
  };
  const heldBy = new WeakMap<RTCDataChannel, ArrayBufferView<ArrayBuffer>[]>();
  const send = RTCDataChannel.prototype.send as (
    this: RTCDataChannel,
    frame: ArrayBufferView<ArrayBuffer>,
  ) => void;
  RTCDataChannel.prototype.send = function (this: RTCDataChannel, frame: unknown): void {
    const { weather, toll } = storm;
    const held = heldBy.get(this) ?? [];
    heldBy.set(this, held);
    const whole = frame as ArrayBufferView<ArrayBuffer>;
    toll.sent += 1;
    if (weather.isCut || strikes(weather.lost)) {
      toll.lost += 1;
      return;
    }
    if (strikes(weather.late)) {
      toll.late += 1;
      held.push(whole);
      return;
    }
    send.call(this, whole);
    if (strikes(weather.twice)) {
      toll.twice += 1;
      send.call(this, whole);
    }
    for (const earlier of held.splice(0)) send.call(this, earlier);
  };
};
