import { describe, expect, it } from 'vitest';
import { groupCode, isUri, normaliseCode } from '../../../src/ui/screens/pair/typed-code.js';

describe('[N9] a code as a person gives it', () => {
  it('[N9] loses blanks, hyphens of every kind and quotation marks', () => {
    expect(normaliseCode(' “7k4f-m2qx – 93da\u00a0pt6w” \n')).toBe('7K4FM2QX93DAPT6W');
  });

  it('[N9] reads letters that look like digits as those digits', () => {
    expect(normaliseCode('OIL7')).toBe('0117');
  });

  it('[N9] leaves a scanned URI as it is', () => {
    expect(normaliseCode(' upkeep:pair?k=aBcIlO-_12 ')).toBe('upkeep:pair?k=aBcIlO-_12');
  });

  it('[N9] takes the code out of a link, whatever was escaped in it', () => {
    expect(normaliseCode('https://up.example/#/join/7k4f%20m2qx')).toBe('7K4FM2QX');
    expect(normaliseCode('https://up.example/?a=1#/join/upkeep%3Apair%3Fk%3DaB12')).toBe(
      'upkeep:pair?k=aB12',
    );
    expect(normaliseCode('https://up.example/#/join/%zz-7k')).toBe('%ZZ7K');
  });

  it('[N9] tells a URI from typed groups', () => {
    expect(isUri('upkeep:pair?k=aB12')).toBe(true);
    expect(isUri('7K4F M2QX')).toBe(false);
    expect(isUri('7K4F:')).toBe(false);
  });

  it('[N9] shows what is typed in groups of four', () => {
    expect(groupCode('7k4fm2-qx9')).toBe('7K4F M2QX 9');
    expect(groupCode('')).toBe('');
    expect(groupCode('upkeep:pair?k=aB12')).toBe('upkeep:pair?k=aB12');
  });
});
