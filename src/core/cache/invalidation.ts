import { isWellFormedText } from '../base/canonical.js';
import type { SessionId } from '../base/brands.js';
import { isKeyPattern, patternsOver } from '../base/key-pattern.js';
import { LIMITS } from '../base/limits.js';
import { type Result, err, ok } from '../base/result.js';
import type { BodyOf } from '../facts/bodies.js';
import type { Floors } from './validity.js';

export type Invalidation = BodyOf<'cache.invalidated'>;

export type InvalidationError =
  | { readonly kind: 'empty'; readonly field: string }
  | { readonly kind: 'too-long'; readonly field: string; readonly max: number }
  | { readonly kind: 'ill-formed'; readonly field: string }
  /** Beyond the epoch after the present one: nobody may freeze a cache (rule K1). */
  | { readonly kind: 'floor-too-high'; readonly max: number };

/**
 * What has to be published so that nothing of these keys is served that is older than now, or than
 * the floor.
 *
 * Sorted, each once, without what a wider pattern among them covers; so many facts as they need.
 * Limits: keys of LIMITS.cacheKeyUnitsMax UTF-16 units, LIMITS.cacheKeysPerFactMax keys a fact.
 * Errors: InvalidationError.
 */
export const planInvalidation = (
  keys: readonly string[],
  floor: number,
  epoch: number,
): Result<readonly Invalidation[], InvalidationError> => {
  const max = LIMITS.cacheKeyUnitsMax;
  if (keys.length === 0) return err({ kind: 'empty', field: 'keys' });
  if (keys.some((key) => key.length > max)) return err({ kind: 'too-long', field: 'keys', max });
  if (!keys.every((key) => isKeyPattern(key) && isWellFormedText(key))) {
    return err({ kind: 'ill-formed', field: 'keys' });
  }
  if (!Number.isSafeInteger(floor) || floor < 0) return err({ kind: 'ill-formed', field: 'floor' });
  if (floor > epoch + 1) return err({ kind: 'floor-too-high', max: epoch + 1 });
  const all = new Set(keys);
  const needed = [...all].filter((key) => !patternsOver(key).some((wider) => all.has(wider)));
  needed.sort();
  const bodies: Invalidation[] = [];
  for (let at = 0; at < needed.length; at += LIMITS.cacheKeysPerFactMax) {
    const part = needed.slice(at, at + LIMITS.cacheKeysPerFactMax);
    bodies.push({ kind: 'cache.invalidated', keys: part, floor });
  }
  return ok(bodies);
};

/**
 * An invalidation of everything, where floors or this session's invalidations outgrew their limit:
 * it sweeps what lies below it out of the state (rule K1). Null where they did not.
 *
 * Forgetting costs everyone one computation of each value, and never lets an old one back in.
 */
export const planSweep = (
  floors: Floors,
  session: SessionId | null,
  epoch: number,
): Invalidation | null => {
  const below = [...floors.floors].filter(
    ([pattern, floor]) => pattern !== '*' && floor <= epoch,
  ).length;
  const own = session === null ? 0 : floors.countOf(session);
  const isOver = Math.max(below, own) > LIMITS.cacheFloorsMax;
  return isOver ? { kind: 'cache.invalidated', keys: ['*'], floor: epoch } : null;
};
