/** A device that holds more accounts than this has lost its way. */
const HOMES_MAX = 99;
/** Names of profiles have 32 characters at most. */
const STEM_CHARACTERS_MAX = 28;

/**
 * The first profile beside this one that is free: `main-2`, `main-3`, … for `main`. The last name
 * where none is.
 */
export const freeProfile = async (
  profile: string,
  isThere: (name: string) => Promise<boolean>,
): Promise<string> => {
  const stem = profile.replace(/-\d{1,2}$/, '').slice(0, STEM_CHARACTERS_MAX);
  for (let number = 2; number <= HOMES_MAX; number += 1) {
    const name = `${stem}-${number}`;
    if (name !== profile && !(await isThere(name))) return name;
  }
  return `${stem}-${HOMES_MAX}`;
};
