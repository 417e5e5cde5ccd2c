import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/base/limits.js';
import { fileToName, nameToKind, nameToSave } from '../../../src/ui/screens/files/file-names.js';

describe('[P1] names of files', () => {
  it.each([
    ['boiler.pdf', 'boiler.pdf'],
    ['  bill\u0000 May.pdf ', 'bill  May.pdf'],
    ['../../etc/passwd', '.. .. etc passwd'],
    ['photo\u202egnp.exe', 'photognp.exe'],
    ['cafe\u0301.png', 'caf\u00e9.png'],
    ['half \ud800.txt', 'half \ufffd.txt'],
    ['\u200b', 'Unnamed'],
  ])('[P1] %j is attached as %j', (given, name) => {
    expect(fileToName(given, 'Unnamed')).toBe(name);
  });

  it('[P1] a long name is cut, and its ending stays', () => {
    const name = fileToName(`${'😀'.repeat(300)}.jpeg`, 'Unnamed');
    expect([...name]).toHaveLength(LIMITS.fileNameCharactersMax);
    expect(name.endsWith('😀.jpeg')).toBe(true);
    const odd = fileToName(`a.${'b'.repeat(300)}`, 'Unnamed');
    expect(odd).toHaveLength(LIMITS.fileNameCharactersMax);
  });

  it('[P1] what another device called it is cleaned again before it is saved', () => {
    expect(nameToSave('..\\.bashrc')).toBe(' .bashrc');
    expect(nameToSave('...')).toBe('file');
    expect(nameToSave('bill.pdf')).toBe('bill.pdf');
  });

  it.each([
    ['IMG_1.HEIC', 'picture'],
    ['song.mp3', 'sound'],
    ['fall.mov', 'film'],
    ['bill.pdf', 'paper'],
    ['archive.tar.gz', 'other'],
    ['pdf', 'other'],
  ])('[P1] %s is a %s', (name, kind) => {
    expect(nameToKind(name)).toBe(kind);
  });
});
