/** A form is decoded as `URLSearchParams` does, whatever is in it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeForm } from '../../../examples/reference-server/form.js';

const limits = { maxFields: 10_000, maxMarks: 10_000_000, maxTextBytes: 10_000_000 };
const decode = (body: string | Buffer) => decodeForm(Buffer.from(body), limits);

describe('decodeForm', () => {
  it('reads what URLSearchParams writes', async () => {
    const text = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text)), async (fields) => {
        const body = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
        expect(await decode(body)).toEqual([...new URLSearchParams(body)]);
      }),
    );
  });

  it('reads what nobody writes as URLSearchParams does', async () => {
    const piece = fc.constantFrom('&', '=', '+', 'a', '%3d', '%26', '%2B', '%00', "'", '64', 'é');
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const body = pieces.join('');
        expect(await decode(body)).toEqual([...new URLSearchParams(body)]);
      }),
    );
  });

  it('reads fields that are longer than a piece', async () => {
    const photograph = Buffer.alloc(3_000_001, 'é+%&=').toString('base64');
    const fields = { values: `1,64'${photograph}',NULL`, table: 'blobs' };
    expect(await decode(new URLSearchParams(fields).toString())).toEqual(Object.entries(fields));
  });

  it('lets others work between pieces', async () => {
    let turns = 0;
    let isOver = false;
    const work = (): void => {
      turns += 1;
      if (!isOver) setImmediate(work);
    };
    setImmediate(work);
    await decode('x'.repeat(8 * 1024 * 1024));
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(7);
  });
});
