/** The names that a tablet sends: of an operation, a device, a user. */
import type * as t from 'io-ts';

import { guardCodec } from './internal/codec.js';

/** A string that matches the grammar of an operation's name. The operation itself may not exist. */
export type OperationName = t.Branded<string, { readonly OperationName: unique symbol }>;

/** The name by which a tablet registers, such as `'{4d1c8ee0-9a33-4f6b-b5d5-0a6f3f4e7b11}'`. */
export type DeviceName = t.Branded<string, { readonly DeviceName: unique symbol }>;

/** The name by which a user signs in. */
export type Username = t.Branded<string, { readonly Username: unique symbol }>;

/** The rule of an operation's name. */
export const operationRule = 'must be 1 to 64 letters, digits and underscores';
/** The rule of a device's name and of a username. */
export const nameRule = 'must be 1 to 191 letters, digits or any of , _ - { }';

const operationGrammar = /^[A-Za-z0-9_]{1,64}$/;
const nameGrammar = /^[A-Za-z0-9,_\-{}]{1,191}$/;

const nameCodec = <A extends string>(name: string, rule: string, grammar: RegExp): t.Type<A, string> =>
  guardCodec(name, rule, (input): input is A => typeof input === 'string' && grammar.test(input));

/** The codec of {@link OperationName}: `[A-Za-z0-9_]{1,64}`. */
export const OperationName: t.Type<OperationName, string> = nameCodec('OperationName', operationRule, operationGrammar);

/**
 * The codec of {@link DeviceName}: `[A-Za-z0-9,_\-{}]{1,191}`. Errors never hold the refused value.
 *
 * @example
 * import { DeviceName } from 'camcops-tablet-session';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * DeviceName.decode('tablet-1'); // right('tablet-1')
 * PathReporter.report(DeviceName.decode('tablet 1')); // ['must be 1 to 191 letters, digits or any of , _ - { }']
 */
export const DeviceName: t.Type<DeviceName, string> = nameCodec('DeviceName', nameRule, nameGrammar);

/** The codec of {@link Username}: `[A-Za-z0-9,_\-{}]{1,191}`. */
export const Username: t.Type<Username, string> = nameCodec('Username', nameRule, nameGrammar);
