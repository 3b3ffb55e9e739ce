/** `camcops-tablet-session/testing`: servers in memory, admissions for unit tests, and the laws that real ports and stores keep. */

// Servers in memory
export {
  inMemoryHost,
  type HostWorld,
  type InMemoryHost,
  type InMemoryPatient,
  type InMemoryTable,
} from './in-memory-host.js';
export {
  inMemoryPorts,
  type DeviceOf,
  type InMemoryDevice,
  type InMemoryPorts,
  type InMemorySession,
  type InMemoryUser,
  type PortCalls,
  type World,
} from './in-memory-ports.js';
export { inMemoryUploads, type InMemoryUploads, type StoredVersion } from './in-memory-uploads.js';

// Unit tests of a host
export { admissionTo, type Asker } from './admission-to.js';

// The laws
export type { Law } from './law.js';
export { portLaws } from './port-laws.js';
export type { LawSubjects } from './port-subjects.js';
export { uploadLaws } from './upload-laws.js';
export type { ReadVersion, UploadLawSubjects } from './upload-subjects.js';
