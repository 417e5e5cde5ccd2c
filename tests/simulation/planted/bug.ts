/** One bug, as a change of one place of the sources; never part of anything that is built. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Faults that bring it out; all that a seed draws where absent. */
  readonly faults?: string;
}

/** The source with the bug in it. Throws where its place is not there exactly once. */
export const plantIn = (source: string, { name, find, replace }: PlantedBug): string => {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`"${name}" has ${parts.length - 1} places`);
  return parts.join(replace);
};

export const bug = (
  name: string,
  file: string,
  find: string,
  replace: string,
  faults?: string,
): PlantedBug => ({ name, file, find, replace, ...(faults === undefined ? {} : { faults }) });
