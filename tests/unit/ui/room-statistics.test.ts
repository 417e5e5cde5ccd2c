import { expect, it } from 'vitest';
import { roomStatistics } from '../../../src/ui/screens/caches/room-statistics.js';
import { FILES_VIEWS } from '../../browser/fixtures/samples-files.js';

it('[K3] what takes room is added up over records, files and snapshots held here', () => {
  const { files: view } = FILES_VIEWS;
  const held = view.records.flatMap(({ attachments }) => attachments.map((file) => file));
  const room = roomStatistics(view);
  expect(room.files).toBe(held.reduce((sum, { heldBytes }) => sum + heldBytes, 0));
  expect(room.pictures).toBe(3_412_000);
  expect(room.entries).toBe(98_000);
  expect(room.snapshots).toBe(212_000 + 13 * 9_000 + 212_000 + 12 * 9_000);
  const one = { ...view, records: [{ ...view.records[0]!, title: 'ä', text: 'b', labels: ['c'] }] };
  expect(roomStatistics(one).words).toBe(4);
});
