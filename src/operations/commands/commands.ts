/** Commands: what each operation asks for, as read from its fields. */
import type { Option } from 'fp-ts/lib/Option.js';

import type { Operation } from '../../admission.js';
import type { AccessKey } from '../patients/access-key.js';
import type { ReadPatient } from '../patients/model.js';
import type { TableChange, UploadedRecord } from '../uploads/upload-step.js';

/** The command of an operation that changes records. */
export interface ChangesCommand {
  /** One change per table. */
  readonly changes: readonly TableChange[];
}

/** The command of an operation that sends records of one table. An old client's `patient` also gives a change of `patient_idnum`. */
export interface RecordsCommand {
  readonly changes: readonly [TableChange, ...TableChange[]];
}

/** The command of an operation of a patient's own tablet. */
export interface AccessKeyCommand {
  readonly accessKey: AccessKey;
}

/** A record that the client has, and asks whether to send. */
export interface AskedKey extends Pick<UploadedRecord, 'key' | 'whenLastModified'> {
  /** Whether the tablet will delete the record after the upload; `none` if the client (below 2.3.0) does not say. */
  readonly moveOffTablet: Option<boolean>;
}

/** The commands of the operations that have fields of their own. */
export interface Commands {
  readonly register: { readonly friendlyName: Option<string> };
  readonly register_patient: AccessKeyCommand;
  readonly get_task_schedules: AccessKeyCommand;
  readonly validate_patients: { readonly patients: readonly ReadPatient[] };
  readonly upload_empty_tables: ChangesCommand;
  readonly upload_table: RecordsCommand;
  readonly upload_record: RecordsCommand;
  readonly delete_where_key_not: ChangesCommand;
  readonly which_keys_to_send: {
    readonly table: string;
    readonly primaryKey: 'id';
    /** No two have the same key. */
    readonly asked: readonly AskedKey[];
  };
  readonly upload_entire_database: ChangesCommand & { readonly finalizing: boolean };
}

/** The command of an operation; an empty object if the operation has no fields of its own. */
export type CommandOf<O extends Operation> = O extends keyof Commands ? Commands[O] : Readonly<Record<string, never>>;
