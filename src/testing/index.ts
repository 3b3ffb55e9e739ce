/** `camcops-tablet-session/testing`: ports to try things with, and the laws that real ports keep. */
export { inMemoryPorts, type InMemoryPorts, type InMemoryUser, type PortCalls, type World } from './in-memory-ports.js';
export { admissionTo, type Asker } from './admission-to.js';
export { inMemoryHost, type HostWorld, type InMemoryHost, type InMemoryPatient } from './in-memory-host.js';
export { inMemoryUploads, type InMemoryUploads, type StoredVersion } from './in-memory-uploads.js';
export type { Law } from './law.js';
export { portLaws, type LawSubjects } from './port-laws.js';
export { uploadLaws } from './upload-laws.js';
export type { UploadLawSubjects } from './upload-trial.js';
