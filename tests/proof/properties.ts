/** All properties, by name. `properties.test.ts` tries each a thousand times, `fuzz.ts` a million times in all. */
import { formProperties } from './form-properties.js';
import type { NamedProperty } from './named-property.js';
import { secretProperties } from './secret-properties.js';
import { totalProperties } from './total-properties.js';
import { versionProperties } from './version-properties.js';

export const properties: readonly NamedProperty[] = [
  ...formProperties,
  ...secretProperties,
  ...versionProperties,
  ...totalProperties,
];
