import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';

import { admissionTo, inMemoryUploads, uploadLaws, type InMemoryUploads } from '../../src/testing/index.js';

const subjectsOf = (uploads: InMemoryUploads) => ({
  admission: admissionTo('end_upload'),
  otherUser: admissionTo('end_upload', { user: { id: 2, username: 'bob' } }),
  otherDevice: admissionTo('end_upload', { device: { id: 2, name: 'tablet-2' } }),
  tables: ['phq9', 'gad7'] as const,
  column: 'q1',
  versions: ({ name }: { readonly name: string }, table: string) => Promise.resolve(uploads.versions(name, table)),
  failing: uploads.failing,
});

describe('uploadLaws', () => {
  const uploads = inMemoryUploads();

  it.each(uploadLaws(uploads, subjectsOf(uploads)).map(({ name, check }) => [name, check] as const))(
    'are kept by the uploads in memory: %s',
    async (_, check) => {
      expect(await check()).toEqual(right(undefined));
    },
  );
});
