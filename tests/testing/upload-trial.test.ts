import { noUploadUnderWay } from 'camcops-tablet-session/operations';
import { admissionTo, inMemoryUploads } from 'camcops-tablet-session/testing';
import { isLeft, left } from 'fp-ts/lib/Either.js';
import { none } from 'fp-ts/lib/Option.js';
import { describe, expect, it } from 'vitest';

import { textOf, trialOf } from '../../src/testing/upload-trial.js';

const trials = (uploads = inMemoryUploads()) =>
  trialOf(uploads, {
    admission: admissionTo('end_upload', { sessionId: none }),
    otherUser: admissionTo('end_upload', { user: { id: 2 } }),
    otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
    tables: ['phq9', 'gad7'],
    column: 'q1',
    versions: ({ name }, table) => Promise.resolve(uploads.versions(name, table)),
  });

describe('a trial', () => {
  it('shows what has been stored since it began, of each table and device, in letters', async () => {
    const newTrial = trials();
    for (const repeat of [1, 2]) {
      const { one, next, otherDevice, inSecond, history } = await newTrial();
      const moves = [one.whole('1a 2b+*'), next.whole('1c~', inSecond), otherDevice.whole('3d', { finalizing: true })];
      for (const move of moves) expect(isLeft(await move())).toBe(false);
      expect([repeat, ...(await history())]).toEqual([
        repeat,
        '1 a current',
        '2 b current finalized',
        'elsewhere 3 d current finalized',
        'second 1 c current',
      ]);
    }
  });

  it('finalizes what was there before, of both devices', async () => {
    const uploads = inMemoryUploads();
    const newTrial = trials(uploads);
    const { one, otherDevice } = await newTrial();
    for (const move of [one.whole('1a'), otherDevice.whole('1a')]) await move();
    await newTrial();
    const versions = ['tablet-1', 'tablet-2'].flatMap((device) => uploads.versions(device, 'phq9'));
    expect(versions.map(({ state, finalized }) => [state, finalized])).toEqual([
      ['deleted', true],
      ['deleted', true],
    ]);
  });

  it('numbers eras by their first appearance', async () => {
    const { one, next, third, eras } = await trials()();
    for (const move of [one.whole('1a'), next.whole('1a 2b', { finalizing: true }), third.whole('1c* 2d')])
      await move();
    expect(await eras()).toMatchObject({ right: 'eras 1,1,2,open' });
  });

  it('finds the keys of current records, or the failure to', async () => {
    const { one, failing } = await trials()();
    await one.whole('2a 1a')();
    expect(await one.current()()).toMatchObject({ right: 'current 1,2' });
    expect(await failing.one.current([2])()).toMatchObject({ right: 'current 2' });
    const down = { ...inMemoryUploads(), currentRecords: () => () => Promise.resolve(left(noUploadUnderWay)) };
    expect(await (await trials(down)()).one.current()()).toEqual(left(noUploadUnderWay));
  });
});

describe('textOf', () => {
  it('tells values of every kind apart', () => {
    const values = ['1', 1, 1n, null, NaN, -0, 0, '', new Uint8Array(), new Uint8Array([1]), new Uint8Array([1, 2])];
    expect(new Set(values.map(textOf)).size).toBe(values.length);
  });
});
