import { expect, it } from 'vitest';

import * as face from '../../src/testing/index.js';

it('has its names, and no other', () => {
  expect(Object.keys(face).sort()).toEqual(['inMemoryPorts', 'portLaws']);
});
