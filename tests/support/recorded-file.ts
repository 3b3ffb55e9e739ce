/** The text of a recorded file, gzipped or plain. */
import { readFileSync, type PathLike } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export const textOfFile = (file: PathLike): string => {
  const bytes = readFileSync(file);
  // The two bytes that every gzip file begins with.
  const isGzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (isGzipped ? gunzipSync(bytes) : bytes).toString('utf8');
};
