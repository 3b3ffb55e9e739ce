/** `upload_entire_database`. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';

import { badJson, invalidValue, tableNamesDiffer, wrongJson } from '../../refusals/records.js';
import { hasNameForm } from '../../refusals/table-names.js';
import { missingPrimaryKey } from '../../refusals/tables.js';
import type { UserError } from '../../user-error.js';
import { usableTable } from '../tables.js';
import type { TableChange } from '../uploads/table-change.js';
import { eachPart, isJson, notJson, scalarAt, skipBlanks, skipValue, stringAt, type Scalar } from '../wire/json.js';
import { primaryKeyRefusal } from './columns.js';
import type { Commands } from './commands.js';
import { neededInteger, neededText, type Reader } from './fields.js';
import { rowReader } from './json-rows.js';
import { changeOf } from './records.js';

const place = (table: string): string => (hasNameForm(table) ? `table ${table}` : 'a table');

/** Visits the members of the object that a whole field must be. After a refusal none is visited, but the rest must be JSON. */
const readMembers = (
  field: string,
  json: string,
  text: string,
  visit: (name: string, at: number) => UserError | number,
): Either<UserError, { readonly names: ReadonlySet<string>; readonly refusal: UserError | undefined }> => {
  let refusal: UserError | undefined;
  const isObject = text[skipBlanks(text, 0)] === '{';
  const names = new Set<string>();
  const isWhole = isJson(text, (start) => {
    if (!isObject) return skipValue(text, start);
    return eachPart(text, start, (at, nameFrom, nameTo) => {
      const name = stringAt(text, nameFrom, nameTo);
      if (names.size === names.add(name).size) refusal ??= invalidValue(field, place(name), 'must be sent once');
      const end = refusal ?? visit(name, at);
      if (typeof end === 'number') return end;
      refusal = end;
      return skipValue(text, at);
    });
  });
  if (!isWhole) return left(badJson(field));
  return isObject ? right({ names, refusal }) : left(wrongJson(json, 'not a dict'));
};

/** The names of the primary keys, by table. */
const readKeyNames = (text: string): Either<UserError, ReadonlyMap<string, Scalar>> => {
  const keyNames = new Map<string, Scalar>();
  const members = readMembers('pknameinfo', 'PK name info', text, (name, at) => {
    const end = skipValue(text, at);
    if (end !== notJson) keyNames.set(name, scalarAt(text, at, end));
    return end;
  });
  if (isLeft(members)) return members;
  return members.right.refusal === undefined ? right(keyNames) : left(members.right.refusal);
};

/** Reads the command of `upload_entire_database`. */
export const readUploadEntireDatabase: Reader<Commands['upload_entire_database']> = (source) => {
  const finalizing = neededInteger(source, 'finalizing');
  if (isLeft(finalizing)) return finalizing;
  const keyText = neededText(source, 'pknameinfo');
  if (isLeft(keyText)) return keyText;
  const keyNames = readKeyNames(keyText.right);
  if (isLeft(keyNames)) return keyNames;
  const data = neededText(source, 'dbdata');
  if (isLeft(data)) return data;
  const text = data.right;

  const changes: TableChange[] = [];
  const readRows = (name: string, at: number): UserError | number => {
    if (text[at] !== '[') return invalidValue('dbdata', place(name), 'must be a list of records');
    const first = skipBlanks(text, at + 1);
    const table = usableTable(source.tables, source.client, name);
    if (text[first] === ']') {
      // A client names all its tables, whatever the server takes.
      if (!isLeft(table)) changes.push(changeOf(name, []));
      return first + 1;
    }
    if (isLeft(table)) return table.left;
    const keyName = keyNames.right.get(name);
    if (keyName === '') return missingPrimaryKey(name);
    if (typeof keyName !== 'string') return invalidValue('pknameinfo', place(name), 'must be a string');
    const named = { ...table.right, name };
    const refusal = primaryKeyRefusal(named, keyName);
    if (refusal !== undefined) return refusal;
    const rows = rowReader(named, text);
    const end = eachPart(text, at, rows.read);
    changes.push(changeOf(name, rows.records));
    return rows.refusal() ?? end;
  };

  const members = readMembers('dbdata', 'Database data', text, readRows);
  if (isLeft(members)) return members;
  const { names, refusal } = members.right;
  const isMatched = names.size === keyNames.right.size && [...names].every((name) => keyNames.right.has(name));
  if (!isMatched) return left(tableNamesDiffer);
  return refusal === undefined ? right({ finalizing: finalizing.right !== 0, changes }) : left(refusal);
};
