import { readFileSync } from 'node:fs';

/** The byte strings in a file of frozen vectors, of every name or of one. */
export const vectorBytes = (file: string, name?: string): readonly Uint8Array[] => {
  const found: Uint8Array[] = [];
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      const isHex = value.length > 2 && value.length % 2 === 0 && /^[0-9a-f]+$/.test(value);
      if (isHex && (name === undefined || key === name)) found.push(bytesOfHex(value));
    } else if (typeof value === 'object' && value !== null) {
      for (const [inner, each] of Object.entries(value)) look(each, inner);
    }
  };
  look(JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8')), '');
  return found;
};

const bytesOfHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

const UTF8 = new TextEncoder();
const AS_TEXT = new TextDecoder();

export const bytesOfText = (text: string): Uint8Array => UTF8.encode(text);
/** Text as a socket or an address line gives it: ill-formed bytes become the replacement sign. */
export const textOfBytes = (bytes: Uint8Array): string => AS_TEXT.decode(bytes);
