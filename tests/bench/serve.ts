/** A whole request in a resumed session, ports in memory: nanoseconds by rival. */
import { readFileSync } from 'node:fs';
import { handleTabletRequest } from 'camcops-tablet-session';

import { worldFromJson } from '../support/world.js';
import { cases, nth } from './forms.js';
import { takeTurns, type Figures } from './measure.js';
import { serveByHand } from './rivals/serve-hand-written.js';
import { plainServerOf, serverOf } from './rivals/worlds.js';

const rounds = 40;

const [, , worldFile = ''] = process.argv;
const world = worldFromJson(readFileSync(worldFile, 'utf8'));

const handle = handleTabletRequest(serverOf(world));
const byHand = serveByHand(plainServerOf(world, { text: '2.0.0', major: 2, minor: 0, patch: 0, prerelease: '' }));

const [ours = NaN, hand = NaN] = await takeTurns(
  [(index) => handle(nth(cases.accepted, index))(), (index) => byHand(nth(cases.accepted, index))],
  rounds,
);
console.log(JSON.stringify({ 'resumed session': { ours, 'hand-written': hand } } satisfies Figures));
