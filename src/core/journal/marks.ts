import { sweepAfter, swept } from './floors.js';
import {
  type Fields,
  type JoinOfRegisters,
  type Register,
  joinFields,
  joinRegisters,
} from './registers.js';

/**
 * Named values of the account that belong to no item: what devices say of themselves, floors.
 *
 * They never go: who says that something is over writes a later value. Of a name that begins with
 * `max/` the greatest number counts, of any other the latest register (rules F7 and K1). Of what is
 * said of cached values only what no wider word outdoes is kept (floors.ts).
 */
export type Marks = Fields;

const GREATEST = 'max/';

/** Whether the greatest value of that name counts, not the latest. */
export const isGreatest = (name: string): boolean => name.startsWith(GREATEST);

/** What a mark of that name may hold: a greatest one is a whole number from 0 on. */
export const isMarkValue = (name: string, { value }: Register): boolean =>
  !isGreatest(name) || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);

const joinGreatest = (left: Register, right: Register): Register => {
  if (left.value === right.value) return joinRegisters(left, right);
  return Number(left.value) > Number(right.value) ? left : right;
};

const joinOf = (name: string): JoinOfRegisters => (isGreatest(name) ? joinGreatest : joinRegisters);

/** The one of two marks of one name that counts. */
export const laterMark = (name: string, held: Register | undefined, mark: Register): Register =>
  held === undefined ? mark : joinOf(name)(held, mark);

/** Takes one more mark into those of a fold. */
export const addMark = (marks: Map<string, Register>, name: string, mark: Register): void => {
  marks.set(name, laterMark(name, marks.get(name), mark));
  sweepAfter(marks, name);
};

/** The join of two sets of marks: commutative, associative, idempotent. */
export const joinMarks = (left: Marks, right: Marks): Marks => {
  const joined = joinFields(left, right, joinOf);
  return joined === left ? left : swept(joined);
};

/** Whether nothing in a set of marks is outdone by the rest, as in every set that a fold made. */
export const areSwept = (marks: Marks): boolean => swept(marks) === marks;
