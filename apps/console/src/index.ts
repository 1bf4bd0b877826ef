export { createConsole } from './app.ts'
export { createLagReader, type LagView } from './reader.ts'
export { reads } from './reads.ts'
