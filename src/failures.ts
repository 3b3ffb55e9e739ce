/** Failures on the server's side: faults, which a host expects, and defects, which nobody does. No tablet is told their cause. */

/** An expected failure of a port or handler. `cause` is the host's own, unchanged. */
export interface Fault<E> {
  readonly code: 'fault';
  readonly cause: E;
}

/** An unexpected failure: a port or handler threw, rejected, or answered something that it must not. */
export interface Defect {
  readonly code: 'defect';
  /** The port or handler: `DeviceStore.findDeviceByName`, `the handler of upload_table`. */
  readonly where: string;
  /** What it threw; or a `TypeError` that says what was wrong with its answer, without quoting a value. */
  readonly cause: unknown;
}

/** A handler's failure that is not the tablet's doing: the tablet is told only `Server error`. */
export const fault = <E>(cause: E): Fault<E> => ({ code: 'fault', cause });

export const defect = (where: string, cause: unknown): Defect => ({ code: 'defect', where, cause });

/** Whether a host's failure is a fault, whatever its types promised. */
export const isFault = (failure: unknown): boolean =>
  typeof failure === 'object' &&
  failure !== null &&
  'code' in failure &&
  failure.code === 'fault' &&
  'cause' in failure;
