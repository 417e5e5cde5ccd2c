/** Chunks from `from` on, `count` of them. */
export interface ChunkRange {
  readonly from: number;
  readonly count: number;
}

/** The fewest ranges that name these chunks, in order. */
export const rangesOf = (chunks: Iterable<number>): readonly ChunkRange[] => {
  const ranges: { from: number; count: number }[] = [];
  for (const chunk of [...chunks].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last === undefined || chunk > last.from + last.count)
      ranges.push({ from: chunk, count: 1 });
    else if (chunk === last.from + last.count) last.count += 1;
  }
  return ranges;
};

/** The chunks that ranges name, in their order. */
export const chunksIn = (ranges: readonly ChunkRange[]): readonly number[] =>
  ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, index) => from + index));

/** Whether ranges stand in order, none empty and none touching the next: one form for one set. */
export const areRanges = (ranges: readonly ChunkRange[], chunksMax: number): boolean => {
  let free = 0;
  for (const { from, count } of ranges) {
    if (from < free || count < 1 || from + count > chunksMax) return false;
    free = from + count + 1;
  }
  return true;
};
