declare module 'fs-native-extensions' {
  /** Locks an open file; returns false if another has locked it. */
  export const tryLock: (fd: number) => boolean;
}
