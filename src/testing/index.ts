/** `camcops-tablet-session/testing`: ports to try things with, and the laws that real ports keep. */
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
export type { Law } from './law.js';
export { portLaws, type LawSubjects } from './port-laws.js';
