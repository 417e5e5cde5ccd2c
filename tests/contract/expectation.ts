/** One case of a contract suite; `run` rejects when the adapter breaks it. */
export interface ContractCase<Bench> {
  readonly title: string;
  readonly run: (bench: Bench) => Promise<void>;
}

/** Throws unless both have the same content; bytes, arrays and plain objects compare deeply. */
export const expectEqual = (actual: unknown, expected: unknown, what = 'value'): void => {
  const [left, right] = [shown(actual), shown(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right} but got ${left}`);
};

export const expectTrue = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(`expected: ${what}`);
};

/** Throws unless the promise rejects. */
export const expectRejects = async (promise: Promise<unknown>, what: string): Promise<void> => {
  const rejected = await promise.then(
    () => false,
    () => true,
  );
  expectTrue(rejected, `${what} rejects`);
};

/** The value of a Result that must be a success. */
export const valueOf = <T>(result: {
  readonly ok: boolean;
  readonly value?: T;
  readonly error?: unknown;
}): T => {
  if (!result.ok) throw new Error(`expected a success but got ${shown(result.error)}`);
  return result.value as T;
};

/** The `kind` of a Result's error; 'ok' for a success. */
export const kindOf = (result: {
  readonly ok: boolean;
  readonly error?: { readonly kind: string };
}): string => result.error?.kind ?? 'ok';

const shown = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? `bytes(${Array.from(part).join(' ')})` : part,
  ) ?? 'undefined';
