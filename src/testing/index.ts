/** `camcops-tablet-session/testing`: ports to try things with, and the laws that real ports keep. */
export { inMemoryPorts, type InMemoryPorts, type InMemoryUser, type PortCalls, type World } from './in-memory-ports.js';
export { portLaws, type Law, type LawSubjects } from './port-laws.js';
