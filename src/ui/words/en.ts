import { common, format } from './en/common.js';
import { devices } from './en/devices.js';
import { pair } from './en/pair.js';
import { records } from './en/records.js';
import { tryIt } from './en/try-it.js';
import { welcome } from './en/welcome.js';

/** English: the first language, and the shape of every other. */
export const en = { format, common, welcome, records, devices, pair, tryIt };
